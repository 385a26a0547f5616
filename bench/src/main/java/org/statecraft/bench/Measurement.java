package org.statecraft.bench;

import java.util.Locale;

/**
 * One line of output.
 *
 * @param batch rows that run side by side
 * @param length tokens of each row
 * @param floorSeconds what array code cannot do without, measured in the same process between the repetitions
 * @param ratioToFloor median of the quotients of neighbouring repetitions
 */
record Measurement(
        String bench,
        String architecture,
        String kernel,
        String shape,
        int layers,
        long batch,
        long length,
        double medianSeconds,
        double floorSeconds,
        double ratioToFloor) {

    static String heading() {
        return String.format(
                "%-14s %-7s %-10s %-13s %6s %5s %6s %10s %10s %10s %8s%n",
                "bench",
                "model",
                "kernel",
                "shape",
                "layers",
                "batch",
                "length",
                "tokens/s",
                "median s",
                "floor s",
                "ratio");
    }

    String line() {
        return String.format(
                Locale.ROOT,
                "%-14s %-7s %-10s %-13s %6d %5d %6d %10.1f %10.4f %10.4f %8.2f%n",
                bench,
                architecture,
                kernel,
                shape,
                layers,
                batch,
                length,
                batch * length / medianSeconds,
                medianSeconds,
                floorSeconds,
                ratioToFloor);
    }
}
