package org.statecraft.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.statecraft.model.safetensors.SafetensorsFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Peak memory above the weights: of prefills of two lengths, and of training with and without recomputation. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "Measure peak memory, each case in a process of its own (Linux).",
        footer = {"", "Example: bench/run memory --shape 130m"})
final class MemoryBench implements Callable<Integer> {
    private static final int SHORT = 4096;
    private static final int PREFILL_LAYERS = 4;
    private static final int TRAINED = 1024;
    private static final int TRAINED_LAYERS = 24;

    @Option(
            names = "--architecture",
            defaultValue = BenchShape.MAMBA2,
            description = "mamba1 or mamba2 (default: ${DEFAULT-VALUE}).")
    private String architecture;

    @Option(names = "--shape", defaultValue = "130m", description = "Layer sizes: 130m, 370m or 1.3b.")
    private String shape;

    @Option(
            names = "--length",
            defaultValue = "131072",
            description = "Tokens of the long prefill (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(names = "--threads", description = "Threads of an operation (default: all processors).")
    private Integer threads;

    @Override
    public Integer call() throws IOException {
        System.out.printf(
                "%-20s %6s %7s %10s %8s %9s%n", "case", "layers", "length", "before MB", "peak MB", "above MB");
        prefills();
        trainings();
        return 0;
    }

    private void prefills() throws IOException {
        Path folder = Files.createTempDirectory("statecraft-bench");
        try {
            stack(PREFILL_LAYERS).write(folder);
            long few = measure(MemoryCase.PREFILL, folder, PREFILL_LAYERS, SHORT);
            long many = measure(MemoryCase.PREFILL, folder, PREFILL_LAYERS, length);
            System.out.printf(
                    Locale.ROOT, "%d tokens take %.2f times the memory of %d%n", length, (double) many / few, SHORT);
        } finally {
            Bench.delete(folder);
        }
    }

    private void trainings() throws IOException {
        Path folder = Files.createTempDirectory("statecraft-bench");
        try {
            stack(TRAINED_LAYERS).write(folder);
            long recorded = measure(MemoryCase.RECORDED, folder, TRAINED_LAYERS, TRAINED);
            long recomputed = measure(MemoryCase.RECOMPUTED, folder, TRAINED_LAYERS, TRAINED);
            System.out.printf(
                    Locale.ROOT,
                    "recomputation takes %.2f of the memory; gradients differ by at most %.1e of their largest entry%n",
                    (double) recomputed / recorded,
                    difference(
                            memoryCase(MemoryCase.RECORDED, folder, TRAINED).gradients(),
                            memoryCase(MemoryCase.RECOMPUTED, folder, TRAINED).gradients()));
        } finally {
            Bench.delete(folder);
        }
    }

    /** Few tokens: the head is the same in every case. */
    private BenchShape stack(int layers) {
        return BenchShape.of(architecture, shape).withLayers(layers).withVocabulary(MemoryCase.VOCABULARY);
    }

    private long measure(String kind, Path folder, int layers, int tokens) throws IOException {
        MemoryCase.Result result = memoryCase(kind, folder, tokens).measure();
        String name = kind.equals(MemoryCase.PREFILL) ? kind : "training, " + kind;
        System.out.printf(
                "%-20s %6d %7d %10d %8d %9d%n",
                name, layers, tokens, result.before() >> 20, result.peak() >> 20, result.above() >> 20);
        return result.above();
    }

    private MemoryCase memoryCase(String kind, Path folder, int tokens) {
        int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        return new MemoryCase(kind, TuningMethods.FULL_OFFSET, folder, tokens, used);
    }

    private static double difference(Path expected, Path actual) {
        double worst = 0;
        try (SafetensorsFile one = SafetensorsFile.open(expected);
                SafetensorsFile other = SafetensorsFile.open(actual);
                NDManager scope = NDManager.newBaseManager(Device.cpu())) {
            for (String name : one.tensors().keySet()) {
                NDArray gradient = one.float32(scope, name);
                float apart =
                        gradient.sub(other.float32(scope, name)).abs().max().getFloat();
                worst = Math.max(worst, apart / gradient.abs().max().getFloat());
            }
        }
        return worst;
    }
}
