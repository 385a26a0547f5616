package org.statecraft.eval.statistics;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The mean of the differences {@code candidate - base} at the same documents, and how much they vary.
 *
 * @param n documents
 * @param mean of the differences
 * @param sd sample standard deviation of the differences (with n - 1); NaN for one document
 */
public record PairedDifference(int n, double mean, double sd) {

    /**
     * The difference of two scores that are means over the same documents in the same order.
     *
     * @throws IllegalArgumentException if there are no documents or not equally many
     */
    public static PairedDifference of(double[] base, double[] candidate) {
        int n = base.length;
        if (n == 0 || candidate.length != n) {
            throw new IllegalArgumentException("pairs are needed: " + n + " and " + candidate.length + " values");
        }
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += candidate[i] - base[i];
        }
        mean /= n;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double deviation = candidate[i] - base[i] - mean;
            squares += deviation * deviation;
        }
        return new PairedDifference(n, mean, Math.sqrt(squares / (n - 1)));
    }

    /** Standard error of the mean, {@code sd / sqrt(n)}. */
    public double stderr() {
        return sd / Math.sqrt(n);
    }

    /** The interval of Student's t around the mean; NaN for one document. */
    public Interval interval(double level) {
        double tail = Interval.tail(level);
        double half = n < 2 ? Double.NaN : student().inverseSurvivalProbability(tail) * stderr();
        return new Interval(mean - half, mean + half);
    }

    /** Two-sided p of "the true mean is 0" by Student's t; NaN where the differences do not vary or there is one only. */
    public double twoSidedP() {
        return sd > 0 ? Math.min(1, 2 * student().survivalProbability(Math.abs(mean / stderr()))) : Double.NaN;
    }

    TDistribution student() {
        return TDistribution.of(n - 1);
    }
}
