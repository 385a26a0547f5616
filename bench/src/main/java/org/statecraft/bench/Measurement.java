package org.statecraft.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

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
        Long peakRssBytes) {

    /** {@code VmHWM} of this process, or null where the system does not tell. */
    static Long peakRss() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }
}
