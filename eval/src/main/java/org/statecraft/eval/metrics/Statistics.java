package org.statecraft.eval.metrics;

/** Sums in document order, so that results do not depend on how the work was split. */
final class Statistics {
    private Statistics() {}

    static double sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum;
    }

    static double mean(double[] values) {
        return sum(values) / values.length;
    }

    /** Sample standard deviation, with n - 1. */
    static double standardDeviation(double[] values) {
        double mean = mean(values);
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / (values.length - 1));
    }

    /** Standard error of the mean. */
    static double meanError(double[] values) {
        return standardDeviation(values) / Math.sqrt(values.length);
    }
}
