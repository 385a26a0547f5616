package org.statecraft.bench;

import java.util.Arrays;

/** Times two pieces of work in turn, so that a machine whose speed drifts slows both. */
record Pairs(double medianSeconds, double floorSeconds, double ratio) {

    static Pairs measure(int repetitions, Runnable work, Runnable floor) {
        double[] works = new double[repetitions];
        double[] floors = new double[repetitions];
        double[] ratios = new double[repetitions];
        for (int i = -2; i < repetitions; i++) {
            double w = seconds(work);
            double f = seconds(floor);
            // the first two rounds warm up caches, allocators and the JIT
            if (i >= 0) {
                works[i] = w;
                floors[i] = f;
                ratios[i] = w / f;
            }
        }
        return new Pairs(median(works), median(floors), median(ratios));
    }

    private static double seconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e9;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
