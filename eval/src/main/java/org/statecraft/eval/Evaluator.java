package org.statecraft.eval;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.scoring.Progress;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.UnscorableRequestException;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.InputException;

/** Puts the documents of tasks to a scorer and aggregates the answers. */
public final class Evaluator {
    private Evaluator() {}

    /**
     * Evaluates {@code tasks} one after the other. All data files are read before the first request is scored.
     *
     * @throws InputException when a data file is malformed, a document cannot be scored or a log-likelihood is not finite
     */
    public static EvaluationResult run(
            List<Task> tasks, Scorer scorer, EvaluationOptions options, EvaluationProgress progress) {
        Map<Task, List<Document>> documents = new LinkedHashMap<>();
        Set<String> names = new HashSet<>();
        for (Task task : tasks) {
            if (!names.add(task.name())) {
                throw new InputException("two tasks are named " + task.name() + "; results need a name for each");
            }
            documents.put(task, task.documents());
        }
        List<TaskResult> results = new ArrayList<>();
        documents.forEach((task, all) -> {
            List<Document> used = all.subList(0, Math.min(options.limit(), all.size()));
            List<? extends Response> responses =
                    answers(task, used, scorer, (done, total) -> progress.at(task.name(), done, total));
            results.add(result(task, all.size(), samples(task, used, responses), options));
        });
        return new EvaluationResult(List.copyOf(results), options);
    }

    private static List<? extends Response> answers(
            Task task, List<Document> documents, Scorer scorer, Progress progress) {
        List<Request> requests = documents.stream().map(Document::request).toList();
        try {
            return task.format().outputType().ask(scorer, requests, progress);
        } catch (UnscorableRequestException e) {
            throw new UnscorableRequestException(e.request(), place(task, e.request()) + ": " + e.getMessage());
        }
    }

    private static List<Sample> samples(Task task, List<Document> documents, List<? extends Response> responses) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < documents.size(); i++) {
            Document document = documents.get(i);
            Response response = responses.get(i);
            if (!Double.isFinite(response.sum())) {
                throw new InputException(place(task, i) + ": the model's log-likelihood is " + response.sum()
                        + "; no score can be made of that. Check the model's weights and adapters for values that are"
                        + " not finite");
            }
            Map<Metric, Observation> observations = new EnumMap<>(Metric.class);
            task.metrics().forEach(metric -> observations.put(metric, metric.observe(response, document)));
            samples.add(new Sample(document, response, observations));
        }
        return samples;
    }

    private static TaskResult result(Task task, int documents, List<Sample> samples, EvaluationOptions options) {
        Map<Metric, MetricValue> values = new LinkedHashMap<>();
        for (Metric metric : task.metrics()) {
            List<Observation> observations = samples.stream()
                    .map(sample -> sample.observations().get(metric))
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

    private static String place(Task task, int document) {
        return "task " + task.name() + ", document " + document + " of " + task.data();
    }
}
