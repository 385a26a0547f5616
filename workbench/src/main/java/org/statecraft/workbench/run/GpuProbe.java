package org.statecraft.workbench.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What NVIDIA's driver says about GPUs, and what stands between them and a run. */
final class GpuProbe {
    private GpuProbe() {}

    /** A line for each GPU: name, driver version, memory. */
    static List<String> gpus() {
        Command.Result result = Command.run(
                List.of("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"));
        return result == null || result.exitCode() != 0
                ? List.of()
                : result.output()
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList();
    }

    static boolean deviceFileExists() {
        return Files.exists(Path.of("/dev/nvidiactl"));
    }

    /**
     * The state of affairs in one sentence.
     *
     * @param gpus that the driver names
     * @param pytorch version of the native library; null if it cannot be loaded
     * @param usable GPUs that the native library can use
     */
    static String finding(List<String> gpus, String pytorch, int usable, boolean deviceFile) {
        if (usable > 0) {
            return usable + (usable == 1 ? " GPU" : " GPUs") + " can be used (device: auto, or cuda:0)";
        }
        if (gpus.isEmpty()) {
            return deviceFile
                    ? "an NVIDIA device is there, but nvidia-smi does not answer: install NVIDIA's driver, or pass it"
                            + " into the container; runs use the CPU"
                    : "no NVIDIA GPU and driver found; runs use the CPU";
        }
        String found = gpus.size() + (gpus.size() == 1 ? " GPU" : " GPUs") + " found, but ";
        return pytorch == null
                ? found + "PyTorch cannot be loaded"
                : found + "the PyTorch " + pytorch + " in use cannot reach " + (gpus.size() == 1 ? "it" : "them")
                        + "; runs use the CPU";
    }
}
