package org.statecraft.eval.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.eval.MetricValue;
import org.statecraft.eval.TaskResult;

/** A task of a task file. */
record EvaluatedTask(TaskResult result) implements ScoredTask {
    @Override
    public String name() {
        return result.task().name();
    }

    @Override
    public ObjectNode config() {
        return ConfigJson.of(result.task());
    }

    @Override
    public JsonNode version() {
        return ConfigJson.version(result.task().config());
    }

    @Override
    public int fewShot() {
        return result.task().config().fewShot().count();
    }

    @Override
    public int documents() {
        return result.documents();
    }

    @Override
    public Map<String, MetricValue> metrics() {
        Map<String, MetricValue> values = new LinkedHashMap<>();
        result.metrics().forEach((metric, value) -> values.put(metric.key(), value));
        return values;
    }

    @Override
    public String hash() {
        return result.hash();
    }

    @Override
    public int samples() {
        return result.samples().size();
    }

    @Override
    public ObjectNode sample(int place) {
        return SampleJson.of(place, result.samples().get(place), result.task().metrics());
    }
}
