package org.statecraft.workbench.gate;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.statecraft.model.files.Hashes;
import org.statecraft.workbench.compare.DocumentShares;
import org.statecraft.workbench.compare.Documents;

/**
 * The documents of a task and what each contributes to a score.
 *
 * @param documents their hashes, sorted, so that the same documents stand at the same place in every run
 * @param shares numbers whose mean is the score, NaN for a document that it does not count; null for a score that is no mean over
 *     documents
 */
public record DocumentScores(List<String> documents, double[] shares) {
    public DocumentScores {
        documents = List.copyOf(documents);
    }

    static DocumentScores of(Documents documents, String metric, double score) {
        return new DocumentScores(documents.hashes(), DocumentShares.of(documents, metric, score));
    }

    /** The shares of the documents that are counted; none where there are no shares. */
    double[] counted() {
        return shares == null
                ? new double[0]
                : DoubleStream.of(shares).filter(share -> !Double.isNaN(share)).toArray();
    }

    /** Whether both scores count the same of the same documents, so that what is counted pairs up. */
    boolean pairsWith(DocumentScores other) {
        return shares != null
                && other.shares != null
                && shares.length == other.shares.length
                && IntStream.range(0, shares.length)
                        .allMatch(i -> Double.isNaN(shares[i]) == Double.isNaN(other.shares[i]));
    }

    /** SHA-256 over the sorted hashes of the documents. */
    String hash() {
        return hash(documents);
    }

    static String hash(List<String> documents) {
        return Hashes.sha256(String.join("\n", documents));
    }
}
