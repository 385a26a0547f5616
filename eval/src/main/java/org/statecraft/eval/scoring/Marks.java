package org.statecraft.eval.scoring;

import java.util.List;

/**
 * How the positions of a sequence that ask something were answered.
 *
 * @param right for each of them, in their order
 */
public record Marks(List<Boolean> right) implements Response {
    public Marks {
        right = List.copyOf(right);
    }

    /** The share of right positions. */
    public double share() {
        return right.stream().mapToInt(r -> r ? 1 : 0).average().orElse(0);
    }

    /** Whether all of them are right. */
    public boolean all() {
        return !right.contains(false);
    }

    @Override
    public double sum() {
        return 0;
    }
}
