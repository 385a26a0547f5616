package org.statecraft.eval;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.scoring.Answers;
import org.statecraft.eval.tasks.FunctionName;
import org.statecraft.eval.tasks.Task;
import org.statecraft.eval.tasks.TaskConfig;
import org.statecraft.eval.tasks.TaskReader;
import org.statecraft.model.InputException;

/** Tasks made of keys and rows, without files. */
public final class TestTasks {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestTasks() {}

    /** Keys in the JSON form of a task file; a text {@code "!function x"} is a function. */
    public static TaskConfig config(String keys) {
        List<String> problems = new ArrayList<>();
        TaskConfig config = TaskReader.read(
                keys(EvalFixtures.parse(keys)),
                (path, found, expected, nearest) ->
                        problems.add(path + ": " + found + ", expected " + expected + "; " + nearest));
        if (!problems.isEmpty()) {
            throw new InputException(String.join("\n", problems));
        }
        return config;
    }

    public static Map<String, Object> keys(JsonNode json) {
        Map<String, Object> keys = JSON.convertValue(json, new TypeReference<>() {});
        keys.replaceAll((key, value) -> value instanceof String text && text.startsWith("!function ")
                ? new FunctionName(text.substring("!function ".length()))
                : value);
        return keys;
    }

    /** A task whose every split has these rows, given as JSON. */
    public static Task task(String keys, String... rows) {
        List<ObjectNode> documents = new ArrayList<>();
        for (String row : rows) {
            documents.add((ObjectNode) EvalFixtures.parse(row));
        }
        return new Task(config(keys), split -> documents);
    }

    /** One text, with all metrics. */
    public static Task text(String name, String text) {
        ObjectNode row = JSON.createObjectNode().put("text", text);
        return task(
                """
                {"task": "%s", "dataset_path": "text", "test_split": "test", "output_type": "loglikelihood_rolling",
                 "doc_to_text": "", "doc_to_target": "{{text}}", "metadata": {"version": "2-beta"}}
                """
                        .formatted(name),
                row.toString());
    }

    /** One text, with one metric. */
    public static Task text(String name, String text, String metric) {
        ObjectNode row = JSON.createObjectNode().put("text", text);
        return task(
                """
                {"task": "%s", "dataset_path": "text", "test_split": "test", "output_type": "loglikelihood_rolling",
                 "doc_to_text": "", "doc_to_target": "{{text}}", "metric_list": [{"metric": "%s"}],
                 "metadata": {"version": 1.0}}
                """
                        .formatted(name, metric),
                row.toString());
    }

    /** The last word of each text, as LAMBADA asks for it. */
    public static Task lastWord(String name, String... rows) {
        return task(
                """
                {"task": "%s", "dataset_path": "json", "test_split": "test", "output_type": "loglikelihood",
                 "doc_to_text": "{{text.split(' ')[:-1]|join(' ')}}", "doc_to_target": "{{' '+text.split(' ')[-1]}}",
                 "metric_list": [{"metric": "perplexity"}, {"metric": "acc"}], "metadata": {"version": 1.0}}
                """
                        .formatted(name),
                rows);
    }

    /** Collects answers in the order of their requests. */
    public static final class Collected<A> implements Answers<A> {
        private final List<A> answers = new ArrayList<>();
        private int batches;

        @Override
        public void answer(int request, A answer) {
            while (answers.size() <= request) {
                answers.add(null);
            }
            answers.set(request, answer);
        }

        @Override
        public void batchDone() {
            batches++;
        }

        public List<A> list() {
            return answers;
        }

        public int batches() {
            return batches;
        }
    }
}
