package org.statecraft.eval.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.tasks.Task;
import org.statecraft.eval.tasks.TaskConfig;

/** A task's definition with every default, in the harness's keys; of data files only their names, to be the same everywhere. */
final class ConfigJson {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private ConfigJson() {}

    static ObjectNode of(Task task) {
        TaskConfig config = task.config();
        ObjectNode json = JSON.objectNode().put("task", config.name()).put("dataset_path", config.datasetPath());
        putUnlessNull(json, "dataset_name", config.datasetName());
        ObjectNode dataset = json.putObject("dataset_kwargs");
        config.datasetOptions().forEach(dataset::putPOJO);
        if (!config.dataFiles().isEmpty()) {
            ObjectNode files = dataset.putObject("data_files");
            config.dataFiles().forEach((split, paths) -> paths.forEach(files.putArray(split)::add));
        }
        putUnlessNull(json, "training_split", config.splits().training());
        putUnlessNull(json, "validation_split", config.splits().validation());
        putUnlessNull(json, "test_split", config.splits().test());
        putUnlessNull(json, "fewshot_split", config.splits().fewShot());
        json.putPOJO("doc_to_text", config.docToText().json())
                .putPOJO("doc_to_target", config.docToTarget().json());
        if (config.docToChoice() != null) {
            json.putPOJO("doc_to_choice", config.docToChoice().json());
        }
        json.put("description", config.description())
                .put("target_delimiter", config.targetDelimiter())
                .put("fewshot_delimiter", config.fewShot().delimiter())
                .put("num_fewshot", config.fewShot().count());
        ArrayNode metrics = json.putArray("metric_list");
        for (Metric metric : task.metrics()) {
            metrics.addObject()
                    .put("metric", metric.key())
                    .put("aggregation", metric.aggregation().key())
                    .put("higher_is_better", metric.higherIsBetter());
        }
        json.put("output_type", config.outputType().key()).put("repeats", 1);
        if (config.generation() != null) {
            config.generation().describe(json.putObject("generation_kwargs"));
        }
        ObjectNode metadata = json.putObject("metadata");
        metadata.set("version", version(config));
        if (!config.prefix().isEmpty()) {
            metadata.putObject("statecraft").put("prefix", config.prefix());
        }
        return json;
    }

    /** The harness writes versions as numbers. */
    static JsonNode version(TaskConfig config) {
        return config.version() instanceof Number number
                ? JSON.numberNode(number.doubleValue())
                : JSON.textNode(config.versionText());
    }

    private static void putUnlessNull(ObjectNode json, String key, String value) {
        if (value != null) {
            json.put(key, value);
        }
    }
}
