package org.statecraft.eval;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.python.PythonJson;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.tasks.Document;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.files.Hashes;

/**
 * One document with the answers to it and what it contributes to each metric.
 *
 * @param answers to the document's requests, in their order
 * @param observations by the metric's key; null for a metric that does not count the document
 */
public record Sample(Document document, List<Response> answers, Map<String, Observation> observations) {

    /** The sample of a document of a task, which finds what the answers contribute to each of its metrics. */
    public static Sample of(Task task, Document document, List<Response> answers) {
        Map<String, Observation> observations = new HashMap<>();
        task.metrics().forEach(metric -> observations.put(metric.key(), metric.observe(document, answers)));
        return new Sample(document, answers, observations);
    }

    /** SHA-256 of the document as Python writes it with an indent of 2. */
    public String documentHash() {
        return Hashes.sha256(PythonJson.indented(document.fields()));
    }

    public String promptHash() {
        return Hashes.sha256(document.prompt());
    }

    public String targetHash() {
        return Hashes.sha256(document.target());
    }
}
