package org.statecraft.eval.statistics;

import org.apache.commons.statistics.distribution.BinomialDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * 0/1 scores of the same documents, base and candidate: only those that changed tell the two apart.
 *
 * @param n documents
 * @param lost right by the base, wrong by the candidate
 * @param won wrong by the base, right by the candidate
 */
public record PairedBinary(int n, int lost, int won) {
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);
    private static final int HALVINGS = 60;

    public PairedBinary {
        if (n <= 0 || lost < 0 || won < 0 || lost + won > n) {
            throw new IllegalArgumentException("lost " + lost + ", won " + won + " of " + n);
        }
    }

    /** Counts the changes. The values must be 0 or 1, see {@link #isBinary}. */
    public static PairedBinary of(double[] base, double[] candidate) {
        if (candidate.length != base.length) {
            throw new IllegalArgumentException(
                    "pairs are needed: " + base.length + " and " + candidate.length + " values");
        }
        int lost = 0;
        int won = 0;
        for (int i = 0; i < base.length; i++) {
            lost += base[i] > candidate[i] ? 1 : 0;
            won += base[i] < candidate[i] ? 1 : 0;
        }
        return new PairedBinary(base.length, lost, won);
    }

    /** Whether every value is 0 or 1. */
    public static boolean isBinary(double[] values) {
        for (double value : values) {
            if (value != 0 && value != 1) {
                return false;
            }
        }
        return true;
    }

    /** Seen from the other side: what was lost is won. */
    public PairedBinary reversed() {
        return new PairedBinary(n, /* lost= */ won, /* won= */ lost);
    }

    /** The difference of the means, {@code (won - lost) / n}. */
    public double difference() {
        return (double) (won - lost) / n;
    }

    /** Exact two-sided McNemar test of "as many are lost as won": a binomial test of the changed documents; 1 if none changed. */
    public double mcNemarP() {
        int changed = lost + won;
        return Math.min(1, 2 * BinomialDistribution.of(changed, 0.5).cumulativeProbability(Math.min(lost, won)));
    }

    /**
     * Tango's score statistic of "the true difference is {@code difference}": normal for many documents, positive where the
     * counts speak for more. The variance is that of the likeliest shares which have this difference (Tango, Statistics in
     * Medicine 17, 1998), so that it has a value even if nothing changed.
     */
    double score(double difference) {
        return score(n, lost, won, difference);
    }

    static double score(int n, int lost, int won, double difference) {
        double drop = -difference;
        double b = won + lost + (2.0 * n - won + lost) * drop;
        double root = Math.sqrt(Math.max(0, b * b - 8.0 * n * lost * drop * (1 + drop)));
        // the likeliest share of lost documents
        double share = (b + root) / (4.0 * n);
        double variance = n * (2 * share - drop - drop * drop);
        double distance = won - lost + n * drop;
        if (distance == 0) {
            return 0;
        }
        return variance > 0 ? distance / Math.sqrt(variance) : Math.signum(distance) * Double.POSITIVE_INFINITY;
    }

    /** The differences that the score statistic does not reject; unlike Student's interval it has a width even if nothing changed. */
    public Interval interval(double level) {
        double z = NORMAL.inverseSurvivalProbability(Interval.tail(level));
        return new Interval(boundary(-1, difference(), z), boundary(difference(), 1, -z));
    }

    /** Where the statistic, which falls as the assumed difference grows, passes z. */
    private double boundary(double low, double high, double z) {
        double from = low;
        double to = high;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (from + to) / 2;
            if (score(middle) > z) {
                from = middle;
            } else {
                to = middle;
            }
        }
        return (from + to) / 2;
    }
}
