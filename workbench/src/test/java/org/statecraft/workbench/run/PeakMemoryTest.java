package org.statecraft.workbench.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class PeakMemoryTest {
    @Test
    void highWaterMarkIsKibibytes() {
        assertEquals(
                817_152L * 1024,
                PeakMemory.parse(
                        List.of("Name:\tjava", "VmPeak:\t 9999999 kB", "VmHWM:\t  817152 kB", "VmRSS:\t 1 kB")));
        assertNull(PeakMemory.parse(List.of("Name:\tjava")));
    }

    @Test
    void thisProcessHasAPeakOnLinux() {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")));

        assertTrue(PeakMemory.bytes() > 1 << 20);
    }
}
