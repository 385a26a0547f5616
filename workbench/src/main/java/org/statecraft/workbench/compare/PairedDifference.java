package org.statecraft.workbench.compare;

/**
 * The difference of two scores over the same documents, from the difference at each document.
 *
 * @param low start of the 95 % interval (Student's t)
 * @param high end of the interval
 */
record PairedDifference(double value, double stderr, double low, double high) {
    /** Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom. */
    private static final double[] QUANTILES = {
        12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
        2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042
    };

    private static final double NORMAL = 1.959964;

    /**
     * The difference {@code other - base}.
     *
     * @param base what each document contributes to the first score
     * @param other the same documents in the same order
     * @return null for fewer than two documents
     */
    static PairedDifference of(double[] base, double[] other) {
        int n = base.length;
        if (n < 2) {
            return null;
        }
        double mean = 0;
        for (int i = 0; i < n; i++) {
            mean += (other[i] - base[i]) / n;
        }
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double deviation = other[i] - base[i] - mean;
            squares += deviation * deviation;
        }
        double stderr = Math.sqrt(squares / (n - 1) / n);
        double half = quantile(n - 1) * stderr;
        return new PairedDifference(mean, stderr, mean - half, mean + half);
    }

    /** Beyond the table by the first terms of the Cornish-Fisher expansion, good to four digits there. */
    static double quantile(int freedom) {
        if (freedom <= QUANTILES.length) {
            return QUANTILES[freedom - 1];
        }
        double cube = NORMAL * NORMAL * NORMAL;
        double first = (cube + NORMAL) / 4;
        double second = (5 * cube * NORMAL * NORMAL + 16 * cube + 3 * NORMAL) / 96;
        return NORMAL + first / freedom + second / freedom / freedom;
    }
}
