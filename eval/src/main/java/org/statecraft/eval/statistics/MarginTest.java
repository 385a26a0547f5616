package org.statecraft.eval.statistics;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Two one-sided tests of a gain against a permitted drop, the margin. A gain is a difference whose sign is chosen so that more is
 * better.
 *
 * @param notWorse p of "the drop reaches the margin": small if the candidate is shown to be no worse than permitted
 * @param worse p of "the drop stays within the margin": small if the candidate is shown to be worse than permitted
 */
public record MarginTest(double notWorse, double worse) {
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    /**
     * By Student's t over the gains of the documents. Where they are all the same the value decides: p is 0 or 1.
     *
     * @param gain over at least two documents
     * @param margin 0 or more, in the unit of the gain
     */
    public static MarginTest paired(PairedDifference gain, double margin) {
        if (gain.n() < 2) {
            throw new IllegalArgumentException("one document has no spread");
        }
        if (!(gain.stderr() > 0)) {
            return ofValue(gain.mean(), margin);
        }
        double t = (gain.mean() + margin) / gain.stderr();
        TDistribution student = gain.student();
        return new MarginTest(student.survivalProbability(t), student.cumulativeProbability(t));
    }

    /** By the normal distribution, from the standard errors of both scores. Without an error the value decides. */
    public static MarginTest unpaired(UnpairedDifference gain, double margin) {
        if (!(gain.stderr() > 0)) {
            return ofValue(gain.value(), margin);
        }
        double z = (gain.value() + margin) / gain.stderr();
        return new MarginTest(NORMAL.survivalProbability(z), NORMAL.cumulativeProbability(z));
    }

    /**
     * For 0/1 scores of the same documents: the exact test that {@link ExactMargin} describes.
     *
     * @param gain for a score of which less is better: lost and won exchanged
     */
    public static MarginTest exact(PairedBinary gain, double margin) {
        // no share can drop by more than all of it
        return margin >= 1 ? new MarginTest(0, 1) : new ExactMargin(gain, margin).test();
    }

    private static MarginTest ofValue(double gain, double margin) {
        return gain >= -margin ? new MarginTest(0, 1) : new MarginTest(1, 0);
    }
}
