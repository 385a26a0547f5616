package org.statecraft.eval;

import java.util.Map;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.metrics.Observation;
import org.statecraft.eval.python.PythonJson;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.tasks.Document;
import org.statecraft.model.files.Hashes;

/** One document with the answer to it and what it contributes to each metric. */
public record Sample(Document document, Response response, Map<Metric, Observation> observations) {

    /** SHA-256 of the document as Python writes it with an indent of 2. */
    public String documentHash() {
        return Hashes.sha256(PythonJson.indented(document.fields()));
    }

    public String promptHash() {
        return Hashes.sha256(document.request().arguments().get(0));
    }

    /** Of the target; of several, joined by line ends. */
    public String targetHash() {
        return Hashes.sha256(String.join("\n", document.targets()));
    }
}
