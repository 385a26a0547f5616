package org.statecraft.bench;

/**
 * One line of output.
 *
 * @param floorSeconds what no implementation at this precision can beat, measured in the same process between the repetitions
 * @param ratioToFloor median of the quotients of neighbouring repetitions
 * @param peakRssBytes highest resident memory of the process so far
 */
record Measurement(
        String bench,
        String kernel,
        String shape,
        long batch,
        long length,
        double medianSeconds,
        double floorSeconds,
        double ratioToFloor,
        Long peakRssBytes) {}
