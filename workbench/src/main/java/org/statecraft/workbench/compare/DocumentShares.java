package org.statecraft.workbench.compare;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What each document contributes to a score: numbers whose mean is the score, and whose spread is the spread of the score to
 * first order. For a mean over documents they are the values themselves; for a ratio of sums and for a perplexity they are
 * the linearization at the score (delta method), so that differences of any of these scores are tested the same way. A
 * document that a mean does not count has no share.
 */
public final class DocumentShares {
    /** Scores of log-likelihood and weight, [ll, weight] for each document. */
    private static final Set<String> ROLLING =
            Set.of("bits_per_byte", "byte_perplexity", "word_perplexity", "wikitext2_token_ppl_gptq");

    private static final double TOLERANCE = 1e-6;

    /** In the order of the documents; NaN where one is not counted. */
    private final double[] shares;

    private DocumentShares(double[] shares) {
        this.shares = shares;
    }

    /**
     * The shares in a score, in the order of the documents; NaN for one that is not counted.
     *
     * @return null if the documents do not lead to the score, as with a metric that is no mean
     */
    public static double[] of(Documents documents, String metric, double score) {
        DocumentShares all = find(documents, metric, score);
        return all == null ? null : all.shares;
    }

    /** The shares of the documents that are counted; null if they do not lead to the score. */
    static DocumentShares find(Documents documents, String metric, double score) {
        String kind = MetricName.withoutFilter(metric);
        double[] shares = ROLLING.contains(kind) ? rolling(documents, metric, kind) : mean(documents, metric, kind);
        if (shares == null) {
            return null;
        }
        double reached = DoubleStream.of(shares)
                .filter(share -> !Double.isNaN(share))
                .average()
                .orElse(Double.NaN);
        return Math.abs(reached - score) <= TOLERANCE * Math.max(1, Math.abs(score))
                ? new DocumentShares(shares)
                : null;
    }

    /** How many documents the score counts. */
    int counted() {
        return (int)
                DoubleStream.of(shares).filter(share -> !Double.isNaN(share)).count();
    }

    /** The shares of those documents that the other score counts too, which has the same documents in the same order. */
    double[] countedIn(DocumentShares other) {
        return IntStream.range(0, shares.length)
                .filter(i -> !Double.isNaN(shares[i]) && !Double.isNaN(other.shares[i]))
                .mapToDouble(i -> shares[i])
                .toArray();
    }

    private static double[] rolling(Documents documents, String metric, String kind) {
        double[][] values = documents.values(metric, 2);
        if (values == null || Arrays.asList(values).contains(null)) {
            return null;
        }
        double likelihood = 0;
        double weight = 0;
        for (double[] value : values) {
            likelihood += value[0];
            weight += value[1];
        }
        double ratio = likelihood / weight;
        boolean bits = kind.equals("bits_per_byte");
        double score = bits ? -ratio / Math.log(2) : Math.exp(-ratio);
        double slope = bits ? -1 / Math.log(2) : -score;
        double meanWeight = weight / values.length;
        double[] shares = new double[values.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = score + slope * (values[i][0] - ratio * values[i][1]) / meanWeight;
        }
        return shares;
    }

    private static double[] mean(Documents documents, String metric, String kind) {
        double[][] values = documents.values(metric, 1);
        if (values == null) {
            return null;
        }
        double[] shares = new double[values.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = values[i] == null ? Double.NaN : values[i][0];
        }
        return kind.equals("perplexity") ? perplexity(shares) : shares;
    }

    /** A perplexity counts every document; were one missing, the mean and with it all shares would be NaN. */
    private static double[] perplexity(double[] likelihoods) {
        double likelihood = DoubleStream.of(likelihoods).sum() / likelihoods.length;
        double score = Math.exp(-likelihood);
        return DoubleStream.of(likelihoods)
                .map(value -> score - score * (value - likelihood))
                .toArray();
    }
}
