package org.statecraft.eval.statistics;

import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * The exact unconditional test of paired 0/1 scores against a margin.
 *
 * <p>Numbers of lost and won documents are drawn with some shares {@code p(lost)} and {@code p(won)}. Where the drop is just the
 * margin, {@code p(won) = p(lost) - margin}, and one unknown share is left. All outcomes are ordered by Tango's score statistic;
 * p is the probability of those at least as extreme as the one seen, at the worst value of the unknown share. So no true drop
 * makes the test reject more often than its level. The statistic with the normal distribution alone rejects up to 6 % at a level
 * of 5 % (60 documents, margin 0.05); Student's t always rejects where no document changed.
 *
 * <p>Sources: Tango, Statistics in Medicine 17 (1998); Hsueh, Liu and Chen, Biometrics 57 (2001), who also show that the worst
 * case lies on the boundary, because the statistic rises with every document won and falls with every one lost.
 */
final class ExactMargin {
    /** Values of the unknown share that are tried; the probability is flat in it but for ripples. */
    private static final int SHARES = 120;
    /** How many standard deviations of the number of lost documents are summed over: the rest is below 1e-9. */
    private static final double REACH = 6.5;

    private static final double ROUNDING = 1e-9;

    private final int n;
    private final double margin;
    /** Of the outcomes with i lost documents those with at least so many won are at least as good as the seen one. */
    private final int[] fewestAsGood;
    /** And those with at most so many are at most as good. */
    private final int[] mostAsBad;

    ExactMargin(PairedBinary seen, double margin) {
        this.n = seen.n();
        this.margin = margin;
        double score = seen.score(-margin);
        double tolerance = ROUNDING * Math.max(1, Math.abs(score));
        fewestAsGood = new int[n + 1];
        mostAsBad = new int[n + 1];
        for (int lost = 0; lost <= n; lost++) {
            fewestAsGood[lost] = fewestAbove(lost, score - tolerance);
            mostAsBad[lost] = fewestAbove(lost, score + tolerance) - 1;
        }
    }

    /** The least number of won documents with a statistic of at least {@code score}; one more than possible if none has. */
    private int fewestAbove(int lost, double score) {
        int from = 0;
        int to = n - lost + 1;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (PairedBinary.score(n, lost, middle, -margin) >= score) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        return from;
    }

    MarginTest test() {
        double notWorse = 0;
        double worse = 0;
        for (int i = 0; i <= SHARES; i++) {
            // even steps of the angle: as many standard deviations from one to the next everywhere
            double sine = Math.sin(i * Math.PI / 2 / SHARES);
            double won = (1 - margin) / 2 * sine * sine;
            MarginTest here = at(won + margin, won);
            notWorse = Math.max(notWorse, here.notWorse());
            worse = Math.max(worse, here.worse());
        }
        return new MarginTest(Math.min(1, notWorse), Math.min(1, worse));
    }

    /** The probabilities of both tails for given shares of lost and won documents. */
    private MarginTest at(double lostShare, double wonShare) {
        BinomialDistribution losses = BinomialDistribution.of(n, Math.min(1, lostShare));
        double wonOfOthers = lostShare < 1 ? Math.min(1, wonShare / (1 - lostShare)) : 0;
        double reach = REACH * Math.sqrt(n * lostShare * (1 - lostShare)) + REACH;
        int first = (int) Math.max(0, Math.floor(n * lostShare - reach));
        int last = (int) Math.min(n, Math.ceil(n * lostShare + reach));
        double good = 0;
        double bad = 0;
        for (int lost = first; lost <= last; lost++) {
            double weight = losses.probability(lost);
            if (weight > 0) {
                BinomialDistribution gains = BinomialDistribution.of(n - lost, wonOfOthers);
                good += weight * gains.survivalProbability(fewestAsGood[lost] - 1);
                bad += weight * gains.cumulativeProbability(mostAsBad[lost]);
            }
        }
        return new MarginTest(good, bad);
    }
}
