package org.statecraft.eval.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;

/** Wilson's interval of a share; it stays within 0 and 1 and has a width even for none or all. */
public final class Wilson {
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    private Wilson() {}

    /**
     * The interval of a share of which {@code successes} of {@code n} were seen.
     *
     * @throws IllegalArgumentException unless 0 &lt;= successes &lt;= n and n &gt; 0
     */
    public static Interval interval(long successes, long n, double level) {
        if (n <= 0 || successes < 0 || successes > n) {
            throw new IllegalArgumentException(successes + " of " + n);
        }
        double z = NORMAL.inverseSurvivalProbability(Interval.tail(level));
        double share = (double) successes / n;
        double shrink = 1 + z * z / n;
        double center = (share + z * z / (2 * n)) / shrink;
        double half = z / shrink * Math.sqrt(share * (1 - share) / n + z * z / (4.0 * n * n));
        // exactly 0 and 1 at the ends, where rounding would leave a trace
        return new Interval(successes == 0 ? 0 : center - half, successes == n ? 1 : center + half);
    }
}
