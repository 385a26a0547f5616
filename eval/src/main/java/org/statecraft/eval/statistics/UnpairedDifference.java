package org.statecraft.eval.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * The difference of two scores that are known with their standard errors only.
 *
 * <p>It takes the two for independent. For scores over the same documents the error is therefore too large, seldom too small.
 *
 * @param value candidate - base
 * @param stderr root of the sum of both squared errors
 */
public record UnpairedDifference(double value, double stderr) {
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    /** The difference of two scores with their standard errors. */
    public static UnpairedDifference of(double base, double baseError, double candidate, double candidateError) {
        return new UnpairedDifference(candidate - base, Math.hypot(baseError, candidateError));
    }

    /** The difference in units of its error; NaN without one. */
    public double z() {
        return stderr > 0 ? value / stderr : Double.NaN;
    }

    /** Two-sided p of "there is no difference", by the normal distribution. */
    public double twoSidedP() {
        return Math.min(1, 2 * NORMAL.survivalProbability(Math.abs(z())));
    }

    /** The interval of the normal distribution. */
    public Interval interval(double level) {
        double half = NORMAL.inverseSurvivalProbability(Interval.tail(level)) * stderr;
        return new Interval(value - half, value + half);
    }
}
