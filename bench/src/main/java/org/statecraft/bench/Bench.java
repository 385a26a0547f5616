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
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.statecraft.model.Devices;
import org.statecraft.model.LanguageModel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs benchmarks, all in this one process, and prints a table; each measurement is also one JSON line. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        subcommands = WeightsBench.class,
        description = "Measure the kernels against a floor that is measured between the repetitions.",
        footer = {
            "",
            "forward        layers of a stack against their two projections alone",
            "training-step  loss, gradients and AdamW of a state-offset adapter against the loss alone",
            "",
            "Example: bench/run forward --shape 130m --json measured.jsonl"
        })
public final class Bench implements Callable<Integer> {
    private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

    static {
        ALL.put("forward", ForwardBench::run);
        ALL.put("training-step", TrainingStepBench::run);
    }

    /** One benchmark on a loaded stack. */
    @FunctionalInterface
    interface Benchmark {
        Pairs run(LanguageModel model, long batch, long length, int repetitions);
    }

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Benchmarks to run (default: all).")
    private List<String> names = new ArrayList<>(ALL.keySet());

    @Option(names = "--shape", defaultValue = "130m", description = "Layer sizes: 130m, 370m or 1.3b.")
    private String shape;

    @Option(names = "--batch", defaultValue = "1", description = "Sequences (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--length", defaultValue = "512", description = "Tokens of each (default: ${DEFAULT-VALUE}).")
    private int length;

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
        List<String> unknown =
                names.stream().filter(name -> !ALL.containsKey(name)).toList();
        if (!unknown.isEmpty()) {
            System.err.println("no benchmark " + unknown + "; there are " + ALL.keySet());
            return 2;
        }
        BenchShape stack = BenchShape.of(shape);
        Devices.useThreads(threads == null ? Runtime.getRuntime().availableProcessors() : threads);
        Path folder = Files.createTempDirectory("statecraft-bench");
        try {
            stack.write(folder);
            List<Measurement> measured = new ArrayList<>();
            try (LanguageModel model = LanguageModel.load(folder, Device.cpu())) {
                for (String name : names) {
                    Pairs pairs = ALL.get(name).run(model, batch, length, repetitions);
                    measured.add(measurement(name, model, stack, pairs));
                }
            }
            System.out.print(table(measured));
            write(measured);
            return 0;
        } finally {
            delete(folder);
        }
    }

    private Measurement measurement(String name, LanguageModel model, BenchShape stack, Pairs pairs) {
        return new Measurement(
                name,
                model.kernel().name(),
                stack.label(),
                batch,
                length,
                pairs.medianSeconds(),
                pairs.floorSeconds(),
                pairs.ratio(),
                Measurement.peakRss());
    }

    private static String table(List<Measurement> measured) {
        StringBuilder table = new StringBuilder(String.format(
                "%-14s %-10s %-6s %5s %7s %10s %10s %8s %12s%n",
                "bench", "kernel", "shape", "batch", "length", "median s", "floor s", "ratio", "peak RSS MB"));
        for (Measurement m : measured) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-14s %-10s %-6s %5d %7d %10.4f %10.4f %8.2f %12s%n",
                    m.bench(),
                    m.kernel(),
                    m.shape(),
                    m.batch(),
                    m.length(),
                    m.medianSeconds(),
                    m.floorSeconds(),
                    m.ratioToFloor(),
                    m.peakRssBytes() == null ? "-" : Long.toString(m.peakRssBytes() >> 20)));
        }
        return table.toString();
    }

    private void write(List<Measurement> measured) throws IOException {
        if (json == null) {
            return;
        }
        ObjectMapper mapper = new ObjectMapper();
        List<String> lines = new ArrayList<>();
        for (Measurement m : measured) {
            lines.add(mapper.writeValueAsString(m));
        }
        Files.write(json, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
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
