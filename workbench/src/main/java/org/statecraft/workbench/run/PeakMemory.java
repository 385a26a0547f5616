package org.statecraft.workbench.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The largest resident memory of this process so far, native tensors included. */
public final class PeakMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

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
