package org.statecraft.eval.statistics;

/** A confidence interval; both ends belong to it. */
public record Interval(double low, double high) {

    /** The tail probability on each side of a two-sided interval of this level, which lies between 0 and 1. */
    static double tail(double level) {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("a confidence level lies between 0 and 1: " + level);
        }
        return (1 - level) / 2;
    }
}
