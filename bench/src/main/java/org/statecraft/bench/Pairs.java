package org.statecraft.bench;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Times two pieces of work in turn, so that a machine whose speed drifts slows both. */
record Pairs(double medianSeconds, double floorSeconds, double ratio) {
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

    /** From times of all rounds, those of the warm-up included; the ratio is the median of the rounds' own ratios. */
    static Pairs of(double[] works, double[] floors) {
        double[] ratios = IntStream.range(0, works.length)
                .mapToDouble(i -> works[i] / floors[i])
                .toArray();
        return new Pairs(median(works), median(floors), median(ratios));
    }

    static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(double[] rounds) {
        double[] sorted = Arrays.copyOfRange(rounds, WARM_UP, rounds.length);
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
