package org.statecraft.eval;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.statecraft.eval.metrics.Metric;
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
