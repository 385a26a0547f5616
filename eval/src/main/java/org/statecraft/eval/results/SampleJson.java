package org.statecraft.eval.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.stream.DoubleStream;
import org.statecraft.eval.Sample;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.python.PythonJson;
import org.statecraft.eval.scoring.LabelAnswer;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.WrittenAnswer;

/** One line of a samples file. */
final class SampleJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private SampleJson() {}

    static ObjectNode of(int id, Sample sample, List<Metric> metrics) {
        ObjectNode line = JSON.objectNode().put("doc_id", id);
        line.set("doc", sample.document().fields());
        line.set("target", target(sample.document().targets()));
        ObjectNode arguments = line.putObject("arguments").putObject("gen_args_0");
        List<String> texts = sample.document().request().arguments();
        for (int i = 0; i < texts.size(); i++) {
            arguments.put("arg_" + i, texts.get(i));
        }
        ArrayNode filtered = JSON.arrayNode().add(answer(sample.response()));
        // one repeat for each request
        line.putArray("resps").add(filtered.deepCopy());
        line.set("filtered_resps", filtered);
        line.put("filter", "none");
        ArrayNode names = line.putArray("metrics");
        metrics.forEach(metric -> names.add(metric.key()));
        line.put("doc_hash", sample.documentHash())
                .put("prompt_hash", sample.promptHash())
                .put("target_hash", sample.targetHash());
        metrics.forEach(metric ->
                line.set(metric.key(), metric.json(sample.observations().get(metric))));
        addOurs(sample.response(), line);
        return line;
    }

    private static JsonNode target(List<String> targets) {
        if (targets.size() == 1) {
            return TextNode.valueOf(targets.get(0));
        }
        ArrayNode list = JSON.arrayNode();
        targets.forEach(list::add);
        return list;
    }

    /** Every leaf is a string, written as Python writes it. */
    private static JsonNode answer(Response response) {
        TextNode sum = TextNode.valueOf(PythonJson.number(response.sum()));
        if (response instanceof LabelAnswer label) {
            return TextNode.valueOf(label.text());
        }
        if (response instanceof WrittenAnswer written) {
            return TextNode.valueOf(written.generation().text());
        }
        return response instanceof LogLikelihood likelihood
                ? JSON.arrayNode().add(sum).add(likelihood.greedy() ? "True" : "False")
                : sum;
    }

    /** What the harness has no place for. */
    private static void addOurs(Response response, ObjectNode line) {
        if (response instanceof LabelAnswer label) {
            ObjectNode ours = line.putObject("statecraft").put("label", label.label());
            ours.put("log_probability", label.sum());
            ArrayNode ofLabels = ours.putArray("label_log_probabilities");
            DoubleStream.of(label.labels()).forEach(ofLabels::add);
        } else if (response instanceof WrittenAnswer written) {
            line.putObject("statecraft")
                    .put("finish", written.generation().finish().name())
                    .put("tokens", written.generation().tokens().length)
                    .put("log_probability", written.sum())
                    .put("score", written.score());
        }
    }
}
