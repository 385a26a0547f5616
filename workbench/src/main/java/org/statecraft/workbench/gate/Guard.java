package org.statecraft.workbench.gate;

/**
 * Keeps a score from being bought with something else: a quantity of the run over that of the baseline must lie between two
 * ratios.
 *
 * @param value of the baseline, above 0
 * @param minRatio null for no lower limit
 * @param maxRatio null for no upper limit
 */
public record Guard(Quantity quantity, double value, Double minRatio, Double maxRatio) {

    boolean permits(double ratio) {
        return (minRatio == null || ratio >= minRatio) && (maxRatio == null || ratio <= maxRatio);
    }

    /** {@code 0.9 to 1.1}, {@code at most 1.1}. */
    String limits() {
        if (minRatio == null) {
            return "at most " + maxRatio;
        }
        return maxRatio == null ? "at least " + minRatio : minRatio + " to " + maxRatio;
    }
}
