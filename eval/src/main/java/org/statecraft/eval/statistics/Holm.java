package org.statecraft.eval.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Holm's step-down correction: with p-values adjusted by it, the chance that any true hypothesis of the family is rejected stays
 * below the level, however the tests depend on each other.
 */
public final class Holm {
    private Holm() {}

    /** The adjusted values in the order of the given ones: the k-th smallest of m times (m - k + 1), never below a smaller one's, at most 1. */
    public static double[] adjust(double[] p) {
        List<Integer> ascending = IntStream.range(0, p.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> p[i]))
                .toList();
        double[] adjusted = new double[p.length];
        double largest = 0;
        for (int k = 0; k < p.length; k++) {
            int index = ascending.get(k);
            largest = Math.max(largest, Math.min(1, p[index] * (p.length - k)));
            adjusted[index] = largest;
        }
        return adjusted;
    }
}
