package org.statecraft.bench;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Times two pieces of work in turn, so that a machine whose speed drifts slows both.
 *
 * @param ratio median of the rounds' own ratios
 * @param low their lower quartile
 * @param high their upper quartile
 */
record Pairs(double medianSeconds, double floorSeconds, double ratio, double low, double high) {
    /** Rounds that warm up caches, allocators and the JIT, and are not counted. */
    static final int WARM_UP = 2;

    static Pairs measure(int repetitions, Runnable work, Runnable floor) {
        double[] works = new double[WARM_UP + repetitions];
        double[] floors = new double[WARM_UP + repetitions];
        for (int i = 0; i < works.length; i++) {
            works[i] = seconds(work);
            floors[i] = seconds(floor);
        }
        return of(works, floors);
    }

    /** From times of all rounds, those of the warm-up included. */
    static Pairs of(double[] works, double[] floors) {
        double[] ratios = IntStream.range(0, works.length)
                .mapToDouble(i -> works[i] / floors[i])
                .toArray();
        return new Pairs(
                quantile(works, 0.5),
                quantile(floors, 0.5),
                quantile(ratios, 0.5),
                quantile(ratios, 0.25),
                quantile(ratios, 0.75));
    }

    static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    /** Between two rounds in proportion. */
    private static double quantile(double[] rounds, double share) {
        double[] sorted = Arrays.copyOfRange(rounds, WARM_UP, rounds.length);
        Arrays.sort(sorted);
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
