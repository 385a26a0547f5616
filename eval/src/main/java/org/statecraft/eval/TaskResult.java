package org.statecraft.eval;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.files.Hashes;

/**
 * Scores of one task.
 *
 * @param documents how many the task has; {@code samples} holds those that were evaluated
 * @param metrics in the order of the task
 * @param samples in the order of the documents
 */
public record TaskResult(Task task, int documents, Map<Metric, MetricValue> metrics, List<Sample> samples) {

    /**
     * Aggregates what the documents of a task contribute.
     *
     * @param documents how many the task has
     */
    public static TaskResult of(Task task, int documents, List<Sample> samples, EvaluationOptions options) {
        Map<Metric, MetricValue> values = new LinkedHashMap<>();
        for (Metric metric : task.metrics()) {
            List<Observation> observations = samples.stream()
                    .map(sample -> sample.observations().get(metric.key()))
                    .filter(Objects::nonNull)
                    .toList();
            Double value =
                    observations.isEmpty() ? null : finite(metric.aggregation().of(observations));
            Double stderr = metric.aggregation().standardError(observations, options.bootstrapReplicates());
            values.put(metric, new MetricValue(value, finite(stderr), observations.size(), metric.higherIsBetter()));
        }
        return new TaskResult(task, documents, values, List.copyOf(samples));
    }

    private static Double finite(Double value) {
        return value == null || !Double.isFinite(value) ? null : value;
    }

    /** The value of the metric of a key. */
    public MetricValue value(String key) {
        return metrics.entrySet().stream()
                .filter(entry -> entry.getKey().key().equals(key))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("task " + task.name() + " has no metric " + key));
    }

    /** Changes with any character of any evaluated document, prompt or target. */
    public String hash() {
        return Hashes.sha256(samples.stream()
                .map(sample -> sample.documentHash() + sample.promptHash() + sample.targetHash())
                .collect(Collectors.joining()));
    }
}
