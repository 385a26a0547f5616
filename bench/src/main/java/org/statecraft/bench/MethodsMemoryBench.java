package org.statecraft.bench;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.statecraft.model.LanguageModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Peak memory of the gradients of every tuning method against the length, with and without recomputation. */
@Command(
        name = "methods-memory",
        mixinStandardHelpOptions = true,
        description = "Peak memory of the gradients of every tuning method, each case in a process of its own (Linux).",
        footer = {"", "Example: bench/run methods-memory state-offset lora-in --lengths 256,1024,4096"})
final class MethodsMemoryBench implements Callable<Integer> {
    @Parameters(paramLabel = "METHOD", arity = "0..*", description = "Methods to measure (default: all).")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--architecture",
            defaultValue = BenchShape.MAMBA2,
            description = "mamba1 or mamba2 (default: ${DEFAULT-VALUE}).")
    private String architecture;

    @Option(names = "--shape", defaultValue = "130m", description = "Layer sizes: 130m, 370m or 1.3b.")
    private String shape;

    @Option(names = "--layers", defaultValue = "4", description = "Layers (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--lengths", split = ",", description = "Tokens of the one row (default: 256,1024,4096).")
    private List<Integer> lengths = List.of(256, 1024, 4096);

    @Option(names = "--threads", description = "Threads of an operation (default: all processors).")
    private Integer threads;

    @Override
    public Integer call() throws IOException {
        System.out.printf(
                "%-24s %-7s %6s %7s %12s %13s%n",
                "method", "model", "layers", "length", "recorded MB", "recomputed MB");
        Path folder = Files.createTempDirectory("statecraft-bench");
        try {
            BenchShape.of(architecture, shape)
                    .withLayers(layers)
                    .withVocabulary(MemoryCase.VOCABULARY)
                    .write(folder);
            for (String method : chosen(folder)) {
                for (int length : lengths) {
                    System.out.printf(
                            Locale.ROOT,
                            "%-24s %-7s %6d %7d %12d %13d%n",
                            method,
                            architecture,
                            layers,
                            length,
                            above(MemoryCase.RECORDED, method, folder, length),
                            above(MemoryCase.RECOMPUTED, method, folder, length));
                }
            }
        } finally {
            Bench.delete(folder);
        }
        return 0;
    }

    private List<String> chosen(Path folder) {
        try (LanguageModel model = LanguageModel.load(folder, Device.cpu())) {
            return List.copyOf(TuningMethods.chosen(model, names).keySet());
        }
    }

    private long above(String kind, String method, Path folder, int length) throws IOException {
        int used = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
        return new MemoryCase(kind, method, folder, length, used).measure().above() >> 20;
    }
}
