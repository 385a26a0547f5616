package org.statecraft.workbench.compare;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.workbench.run.Summary.Score;

/** The scores in a result file of lm-evaluation-harness: keys like "acc,none" and "acc_stderr,none", metric and filter. */
final class HarnessScores {
    private static final String STDERR = "_stderr";
    private static final String UNKNOWN = "N/A";

    private final Path file;
    private final JsonNode root;

    private HarnessScores(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /**
     * Task to metric to score.
     *
     * @throws InputException with the place if the file has another layout
     */
    static Map<String, Map<String, Score>> of(Path file, JsonNode root) {
        return new HarnessScores(file, root).read();
    }

    private Map<String, Map<String, Score>> read() {
        JsonNode results = root.path("results");
        if (!results.isObject()) {
            throw new InputException(file + ": not a result file of lm-evaluation-harness (no object \"results\"); "
                    + "name a results_*.json that `lm_eval --output_path` wrote, or the folder that holds it");
        }
        Map<String, Map<String, Score>> scores = new LinkedHashMap<>();
        results.fields().forEachRemaining(task -> {
            if (!task.getValue().isObject()) {
                throw new InputException(file + ": results." + task.getKey() + " is " + task.getValue()
                        + "; expected an object of metrics");
            }
            Map<String, Score> ofTask = metrics(task.getKey(), task.getValue());
            // a group without a score of its own has only a name
            if (!ofTask.isEmpty()) {
                scores.put(task.getKey(), ofTask);
            }
        });
        if (scores.isEmpty()) {
            throw new InputException(file + ": \"results\" holds no score; expected tasks with keys like \"acc,none\"");
        }
        return scores;
    }

    private Map<String, Score> metrics(String task, JsonNode values) {
        Map<String, Score> metrics = new LinkedHashMap<>();
        values.fields().forEachRemaining(entry -> {
            int comma = entry.getKey().lastIndexOf(',');
            String metric = comma < 0 ? "" : entry.getKey().substring(0, comma);
            if (!metric.isEmpty() && !metric.endsWith(STDERR)) {
                String filter = entry.getKey().substring(comma + 1);
                metrics.put(
                        MetricName.of(metric, filter),
                        new Score(
                                number(task, entry.getKey(), entry.getValue()),
                                stderr(task, values, metric + STDERR + "," + filter),
                                documents(task, values),
                                higherIsBetter(task, metric)));
            }
        });
        return metrics;
    }

    private Double stderr(String task, JsonNode values, String key) {
        return values.has(key) ? number(task, key, values.get(key)) : null;
    }

    private Double number(String task, String key, JsonNode value) {
        if (value.isNumber()) {
            return value.doubleValue();
        }
        if (value.isNull() || value.asText().equals(UNKNOWN)) {
            return null;
        }
        throw new InputException(
                file + ": results." + task + ".\"" + key + "\" is " + value + "; expected a number, null or \"N/A\"");
    }

    /** 0 where the file does not tell. */
    private long documents(String task, JsonNode values) {
        return Stream.of(root.path("n-samples").path(task).path("effective"), values.path("sample_len"))
                .filter(JsonNode::isIntegralNumber)
                .mapToLong(JsonNode::longValue)
                .findFirst()
                .orElse(0);
    }

    private boolean higherIsBetter(String task, String metric) {
        JsonNode told = root.path("higher_is_better").path(task).path(metric);
        return told.isBoolean() ? told.booleanValue() : MetricName.higherIsUsuallyBetter(metric);
    }
}
