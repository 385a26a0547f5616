package org.statecraft.eval.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.Collectors;
import org.statecraft.eval.Sample;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.python.PythonJson;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.Marks;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.WrittenAnswer;

/** One line of a samples file. */
final class SampleJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private SampleJson() {}

    static ObjectNode of(int id, Sample sample, List<Metric> metrics) {
        ObjectNode line = JSON.objectNode().put("doc_id", id);
        line.set("doc", sample.document().fields());
        line.put("target", sample.document().target());
        List<Request> requests = sample.document().requests();
        ObjectNode arguments = line.putObject("arguments");
        ArrayNode answers = JSON.arrayNode();
        ArrayNode filtered = JSON.arrayNode();
        for (int i = 0; i < requests.size(); i++) {
            ObjectNode own = arguments.putObject("gen_args_" + i);
            List<String> texts = requests.get(i).arguments();
            for (int j = 0; j < texts.size(); j++) {
                own.put("arg_" + j, texts.get(j));
            }
            if (requests.get(i) instanceof Request.Generate generate) {
                generate.how().describe(own.putObject("arg_1"));
            }
            JsonNode answer = answer(sample.answers().get(i));
            filtered.add(answer);
            // one repeat for each request
            answers.addArray().add(answer.deepCopy());
        }
        line.set("resps", answers);
        line.set("filtered_resps", filtered);
        line.put("filter", "none");
        ArrayNode names = line.putArray("metrics");
        metrics.forEach(metric -> names.add(metric.key()));
        line.put("doc_hash", sample.documentHash())
                .put("prompt_hash", sample.promptHash())
                .put("target_hash", sample.targetHash());
        metrics.forEach(metric ->
                line.set(metric.key(), metric.json(sample.observations().get(metric.key()))));
        addOurs(sample.answers().get(sample.answers().size() - 1), line);
        return line;
    }

    /** Every leaf is a string, written as Python writes it. */
    private static JsonNode answer(Response response) {
        if (response instanceof WrittenAnswer written) {
            return TextNode.valueOf(written.generation().text());
        }
        if (response instanceof Marks marks) {
            return TextNode.valueOf(
                    marks.right().stream().map(right -> right ? "1" : "0").collect(Collectors.joining(" ")));
        }
        TextNode sum = TextNode.valueOf(PythonJson.number(response.sum()));
        return response instanceof LogLikelihood likelihood
                ? JSON.arrayNode().add(sum).add(likelihood.greedy() ? "True" : "False")
                : sum;
    }

    /** What the harness has no place for. */
    private static void addOurs(Response response, ObjectNode line) {
        if (response instanceof WrittenAnswer written) {
            line.putObject("statecraft")
                    .put("finish", written.generation().finish().name())
                    .put("tokens", written.generation().tokens().length)
                    .put("log_probability", written.logProbability())
                    .put("score", written.score())
                    .put("prompt_tokens_cut", written.cut());
        }
    }
}
