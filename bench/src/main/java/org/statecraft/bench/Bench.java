package org.statecraft.bench;

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
import org.statecraft.model.LanguageModel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs benchmarks, all in this one process, and prints a table; each measurement is also one JSON line. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        subcommands = {
            MethodsBench.class,
            MethodsMemoryBench.class,
            MixedBench.class,
            MemoryBench.class,
            WeightsBench.class,
            ModelFolder.class,
            AdapterFolders.class
        },
        description = "Measure the kernels against floors that are measured between the repetitions.",
        footer = {
            "",
            "prefill        a prompt of each length; floor: the matrix products of all layers for all tokens and the head for the last",
            "decode         one token for each row of each batch; floor: every matrix once for that batch, the fastest way",
            "training-step  loss, gradients and AdamW of a state-offset adapter; floor: the loss alone",
            "packing        loss and gradients of 8 sequences of lengths up to that of --train, packed; floor: the same padded",
            "evaluation     8 questions of 100 tokens with 4 continuations of 20; floor: the products for context once and continuations, the head for scored rows",
            "sharing        the same; floor: the same requests, each of which reads its context",
            "methods        training step of every tuning method: bench/run methods --help",
            "methods-memory its peak memory against the length: bench/run methods-memory --help",
            "mixed          rows with an adapter of their own: bench/run mixed --help",
            "memory         peak memory of processes of their own: bench/run memory --help",
            "model          write the random model of a shape for other programs: bench/run model --help",
            "adapters       write adapters and their logits for other programs: bench/run adapters --help",
            "",
            "Example: bench/run prefill decode --architecture mamba2 --kernel fused --json measured.jsonl"
        })
public final class Bench implements Callable<Integer> {
    private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

    static {
        ALL.put("prefill", PrefillBench::run);
        ALL.put("decode", DecodeBench::run);
        ALL.put("training-step", TrainingStepBench::run);
        ALL.put("packing", PackingBench::run);
        ALL.put("evaluation", EvaluationBench::run);
        ALL.put("sharing", EvaluationBench::sharing);
    }

    /** One benchmark on a loaded model. */
    @FunctionalInterface
    interface Benchmark {
        Pairs run(LanguageModel model, long batch, long length, int repetitions);
    }

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Benchmarks to run (default: all).")
    private List<String> names = new ArrayList<>(ALL.keySet());

    @Mixin
    private BenchModels models;

    @Option(names = "--lengths", split = ",", description = "Prompts of prefill (default: 128,512,2048,8192).")
    private List<Integer> lengths = List.of(128, 512, 2048, 8192);

    @Option(names = "--batches", split = ",", description = "Rows of decode (default: 1,8).")
    private List<Integer> batches = List.of(1, 8);

    @Option(names = "--train", split = ",", description = "Rows and tokens of a training step (default: 1,512).")
    private List<Integer> training = List.of(1, 512);

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
            System.err.println("not known: " + unknown + "; there are the benchmarks " + ALL.keySet());
            return 2;
        }
        System.out.print(Measurement.heading());
        List<BenchModels.Work> works = new ArrayList<>();
        names.forEach(name -> works.add((model, size) -> measure(name, model, size)));
        models.each(works);
        return 0;
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
            case "evaluation", "sharing" ->
                measure(name, model, size, EvaluationBench.QUESTIONS, EvaluationBench.CONTEXT);
            case "packing" -> measure(name, model, size, PackingBench.ROWS, training.get(1));
            default -> measure(name, model, size, training.get(0), training.get(1));
        }
    }

    private void measure(String name, LanguageModel model, String size, int batch, int length) throws IOException {
        Pairs pairs = ALL.get(name).run(model, batch, length, models.repetitions());
        Measurement measured = new Measurement(
                name,
                BenchModels.architecture(model),
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
