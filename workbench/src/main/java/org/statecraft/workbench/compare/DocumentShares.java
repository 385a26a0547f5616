package org.statecraft.workbench.compare;

import java.util.Set;

/**
 * What each document contributes to a score: numbers whose mean is the score, and whose spread is the spread of the score to
 * first order. For a mean over documents they are the values themselves; for a ratio of sums and for a perplexity they are
 * the linearization at the score (delta method), so that differences of any of these scores are tested the same way.
 */
public final class DocumentShares {
    /** Scores of log-likelihood and weight, [ll, weight] for each document. */
    private static final Set<String> ROLLING = Set.of("bits_per_byte", "byte_perplexity", "word_perplexity");

    private static final double TOLERANCE = 1e-6;

    private DocumentShares() {}

    /**
     * The shares in a score, in the order of the documents.
     *
     * @return null if the documents do not lead to the score, as with a metric that is no mean
     */
    public static double[] of(Documents documents, String metric, double score) {
        double[] shares = ROLLING.contains(metric) ? rolling(documents, metric) : mean(documents, metric);
        if (shares == null || shares.length == 0) {
            return null;
        }
        double reached = mean(shares);
        return Math.abs(reached - score) <= TOLERANCE * Math.max(1, Math.abs(score)) ? shares : null;
    }

    private static double[] rolling(Documents documents, String metric) {
        double[][] values = documents.values(metric, 2);
        if (values == null) {
            return null;
        }
        double likelihood = 0;
        double weight = 0;
        for (double[] value : values) {
            likelihood += value[0];
            weight += value[1];
        }
        double ratio = likelihood / weight;
        boolean bits = metric.equals("bits_per_byte");
        double score = bits ? -ratio / Math.log(2) : Math.exp(-ratio);
        double slope = bits ? -1 / Math.log(2) : -score;
        double meanWeight = weight / values.length;
        double[] shares = new double[values.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = score + slope * (values[i][0] - ratio * values[i][1]) / meanWeight;
        }
        return shares;
    }

    private static double[] mean(Documents documents, String metric) {
        double[][] values = documents.values(metric, 1);
        if (values == null) {
            return null;
        }
        double[] shares = new double[values.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = values[i][0];
        }
        if (!metric.equals("perplexity")) {
            return shares;
        }
        double likelihood = mean(shares);
        double score = Math.exp(-likelihood);
        for (int i = 0; i < shares.length; i++) {
            shares[i] = score - score * (shares[i] - likelihood);
        }
        return shares;
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }
}
