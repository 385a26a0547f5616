package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.model.InputException;

/**
 * A benchmark: documents, what is asked of each, and the metrics of the answers.
 *
 * @param name as results list it
 * @param version of the task's definition, as results record it; scores of different versions must not be compared
 * @param format what the documents are and what is asked of each
 * @param data the file with the documents
 * @param metrics what is reported, in order
 */
public record Task(String name, String version, TaskDefinition format, Path data, List<Metric> metrics) {
    private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");

    public Task {
        metrics = List.copyOf(metrics);
    }

    /**
     * A task with all metrics of its format.
     *
     * @param format {@code text} or {@code lambada}
     * @throws InputException when the format is not known
     */
    public static Task of(String name, String version, Path data, String format) {
        TaskFormat known = TaskFormat.parse(format);
        return of(name, version, data, known);
    }

    /** A task with all metrics of its kind of question. */
    public static Task of(String name, String version, Path data, TaskDefinition format) {
        return new Task(name, version, format, data, Metric.of(format.outputType()));
    }

    /**
     * The same task reporting only the metrics of these names, in this order.
     *
     * @throws InputException when the task has no metric of that name
     */
    public Task withMetrics(List<String> names) {
        List<Metric> chosen = new ArrayList<>();
        for (String wanted : names) {
            chosen.add(Metric.of(format.outputType()).stream()
                    .filter(metric -> metric.key().equals(wanted))
                    .findFirst()
                    .orElseThrow(() -> new InputException("task " + name + " has no metric '" + wanted
                            + "'; expected some of "
                            + Metric.of(format.outputType()).stream()
                                    .map(Metric::key)
                                    .toList())));
        }
        return new Task(name, version, format, data, chosen);
    }

    /**
     * Reads all documents.
     *
     * @throws InputException when the file cannot be read or a document is malformed; the message names file and line
     */
    public List<Document> documents() {
        return format.read(data);
    }

    /** The definition in the keys of a task file of the harness; of the data file only its name, to be the same everywhere. */
    public ObjectNode config() {
        JsonNodeFactory json = JsonNodeFactory.instance;
        ObjectNode config = json.objectNode().put("task", name).put("dataset_path", format.dataset());
        config.putObject("dataset_kwargs")
                .putObject("data_files")
                .put("test", data.getFileName().toString());
        config.put("test_split", "test")
                .put("doc_to_text", format.docToText())
                .put("doc_to_target", format.docToTarget())
                .put("description", "")
                .put("target_delimiter", " ")
                .put("fewshot_delimiter", "\n\n")
                .put("num_fewshot", 0);
        ArrayNode list = config.putArray("metric_list");
        for (Metric metric : metrics) {
            list.addObject()
                    .put("metric", metric.key())
                    .put("aggregation", metric.aggregation().key())
                    .put("higher_is_better", metric.higherIsBetter());
        }
        config.put("output_type", format.outputType().key()).put("repeats", 1).put("should_decontaminate", false);
        format.describe(config);
        config.putObject("metadata").set("version", versionJson());
        return config;
    }

    /** The harness writes versions as numbers. */
    private JsonNode versionJson() {
        return NUMBER.matcher(version).matches()
                ? DoubleNode.valueOf(Double.parseDouble(version))
                : TextNode.valueOf(version);
    }
}
