package org.statecraft.workbench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The largest resident memory of this process, native tensors included. */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private static final Path RESET = Path.of("/proc/self/clear_refs");

    private PeakMemory() {}

    /** Bytes ({@code VmHWM} of Linux), or null where the system does not tell. */
    public static Long bytes() {
        if (!Files.isReadable(STATUS)) {
            return null;
        }
        try {
            return parse(Files.readAllLines(STATUS));
        } catch (IOException e) {
            return null;
        }
    }

    /** Lets the count begin anew, where the system offers that; else it goes on from the start of the process. */
    public static void reset() {
        if (Files.isWritable(RESET)) {
            try {
                Files.writeString(RESET, "5");
            } catch (IOException e) {
                // the peak of the whole process is reported then
            }
        }
    }

    static Long parse(List<String> status) {
        return status.stream()
                .filter(line -> line.startsWith("VmHWM:") && line.endsWith(" kB"))
                .map(line -> Long.parseLong(line.substring("VmHWM:".length(), line.length() - " kB".length())
                                .strip())
                        * 1024)
                .findFirst()
                .orElse(null);
    }
}
