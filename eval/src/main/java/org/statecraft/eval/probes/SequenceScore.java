package org.statecraft.eval.probes;

import java.util.List;

/**
 * How a model did on one sequence.
 *
 * @param right whether each scored position was right, in order
 */
public record SequenceScore(List<Boolean> right) {
    public SequenceScore {
        right = List.copyOf(right);
    }

    /** Share of the scored positions that are right. */
    public double share() {
        return right.stream().mapToInt(r -> r ? 1 : 0).average().orElse(0);
    }

    /** Whether all of them are. */
    public boolean all() {
        return !right.contains(false);
    }
}
