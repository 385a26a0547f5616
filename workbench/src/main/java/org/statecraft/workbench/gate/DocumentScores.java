package org.statecraft.workbench.gate;

import java.util.List;
import org.statecraft.model.files.Hashes;
import org.statecraft.workbench.compare.DocumentShares;
import org.statecraft.workbench.compare.Documents;

/**
 * The documents of a task and what each contributes to a score.
 *
 * @param documents their hashes, sorted, so that the same documents stand at the same place in every run
 * @param shares numbers whose mean is the score; null for a score that is no mean over documents
 */
public record DocumentScores(List<String> documents, double[] shares) {
    public DocumentScores {
        documents = List.copyOf(documents);
    }

    static DocumentScores of(Documents documents, String metric, double score) {
        return new DocumentScores(documents.hashes(), DocumentShares.of(documents, metric, score));
    }

    /** SHA-256 over the sorted hashes of the documents. */
    String hash() {
        return hash(documents);
    }

    static String hash(List<String> documents) {
        return Hashes.sha256(String.join("\n", documents));
    }
}
