package org.statecraft.bench;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.statecraft.model.Devices;
import org.statecraft.model.Kernel;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.fused.FusedKernel;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.reference.ReferenceKernel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs benchmarks, all in this one process, and prints a table; each measurement is also one JSON line. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        subcommands = {MemoryBench.class, WeightsBench.class, ModelFolder.class, AdapterFolders.class},
        description = "Measure the kernels against floors that are measured between the repetitions.",
        footer = {
            "",
            "prefill        a prompt of each length; floor: the matrix products of all layers for all tokens and the head for the last",
            "decode         one token for each row of each batch; floor: every matrix once for that batch, the fastest way",
            "training-step  loss, gradients and AdamW of a state-offset adapter; floor: the loss alone",
            "packing        loss and gradients of 8 sequences of lengths up to that of --train, packed; floor: the same padded",
            "memory         peak memory of processes of their own: bench/run memory --help",
            "model          write the random model of a shape for other programs: bench/run model --help",
            "adapters       write adapters and their logits for other programs: bench/run adapters --help",
            "",
            "Example: bench/run prefill decode --architecture mamba2 --kernel fused --json measured.jsonl"
        })
public final class Bench implements Callable<Integer> {
    private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();
    private static final Map<String, Kernel> KERNELS = new LinkedHashMap<>();

    static {
        ALL.put("prefill", PrefillBench::run);
        ALL.put("decode", DecodeBench::run);
        ALL.put("training-step", TrainingStepBench::run);
        ALL.put("packing", PackingBench::run);
        KERNELS.put("reference", new ReferenceKernel());
        KERNELS.put("fused", new FusedKernel());
    }

    /** One benchmark on a loaded model. */
    @FunctionalInterface
    interface Benchmark {
        Pairs run(LanguageModel model, long batch, long length, int repetitions);
    }

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Benchmarks to run (default: all).")
    private List<String> names = new ArrayList<>(ALL.keySet());

    @Option(
            names = "--architecture",
            split = ",",
            description = "mamba1, mamba2 or both, with a comma (default: both).")
    private List<String> architectures = List.of(BenchShape.MAMBA2, BenchShape.MAMBA1);

    @Option(names = "--kernel", split = ",", description = "reference, fused or both, with a comma (default: both).")
    private List<String> kernels = new ArrayList<>(KERNELS.keySet());

    @Option(names = "--shape", defaultValue = "130m", description = "Sizes: 130m, 370m or 1.3b (default: 130m).")
    private String shape;

    @Option(names = "--layers", description = "Layers (default: as many as the published model has).")
    private Integer layers;

    @Option(
            names = "--model",
            paramLabel = "DIR",
            description = "Measure this model; --architecture, --shape and --layers are then not read.")
    private Path given;

    @Option(names = "--lengths", split = ",", description = "Prompts of prefill (default: 128,512,2048,8192).")
    private List<Integer> lengths = List.of(128, 512, 2048, 8192);

    @Option(names = "--batches", split = ",", description = "Rows of decode (default: 1,8).")
    private List<Integer> batches = List.of(1, 8);

    @Option(names = "--train", split = ",", description = "Rows and tokens of a training step (default: 1,512).")
    private List<Integer> training = List.of(1, 512);

    @Option(names = "--repetitions", defaultValue = "15", description = "Counted rounds (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(names = "--threads", description = "Threads of an operation (default: all processors).")
    private Integer threads;

    @Option(names = "--json", paramLabel = "FILE", description = "Append one JSON line for each measurement.")
    private Path json;

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        List<String> unknown = Stream.of(
                        names.stream().filter(name -> !ALL.containsKey(name)),
                        kernels.stream().filter(name -> !KERNELS.containsKey(name)))
                .flatMap(wrong -> wrong)
                .toList();
        if (!unknown.isEmpty()) {
            System.err.println("not known: " + unknown + "; there are the benchmarks " + ALL.keySet()
                    + " and the kernels " + KERNELS.keySet());
            return 2;
        }
        Devices.useThreads(threads == null ? Runtime.getRuntime().availableProcessors() : threads);
        System.out.print(Measurement.heading());
        if (given != null) {
            measure(given, given.toRealPath().getFileName().toString());
            return 0;
        }
        for (String architecture : architectures) {
            BenchShape whole = BenchShape.of(architecture, shape);
            measure(layers == null ? whole : whole.withLayers(layers));
        }
        return 0;
    }

    private void measure(BenchShape stack) throws IOException {
        Path folder = Files.createTempDirectory("statecraft-bench");
        try {
            stack.write(folder);
            measure(folder, stack.size());
        } finally {
            delete(folder);
        }
    }

    private void measure(Path folder, String size) throws IOException {
        try (LanguageModel model = LanguageModel.load(folder, Device.cpu())) {
            for (String name : names) {
                for (String kernel : kernels) {
                    measure(name, model.with(KERNELS.get(kernel)), size);
                }
            }
        }
    }

    private void measure(String name, LanguageModel model, String size) throws IOException {
        switch (name) {
            case "prefill" -> {
                for (int length : lengths) {
                    measure(name, model, size, 1, length);
                }
            }
            case "decode" -> {
                for (int batch : batches) {
                    measure(name, model, size, batch, 1);
                }
            }
            case "packing" -> measure(name, model, size, PackingBench.ROWS, training.get(1));
            default -> measure(name, model, size, training.get(0), training.get(1));
        }
    }

    private void measure(String name, LanguageModel model, String size, int batch, int length) throws IOException {
        Pairs pairs = ALL.get(name).run(model, batch, length, repetitions);
        Measurement measured = new Measurement(
                name,
                model.layers().get(0) instanceof Mamba1Layer ? BenchShape.MAMBA1 : BenchShape.MAMBA2,
                model.kernel().name(),
                size,
                model.layers().size(),
                batch,
                length,
                pairs.medianSeconds(),
                pairs.floorSeconds(),
                pairs.ratio());
        System.out.print(measured.line());
        if (json != null) {
            String line = new ObjectMapper().writeValueAsString(measured) + "\n";
            Files.writeString(json, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
