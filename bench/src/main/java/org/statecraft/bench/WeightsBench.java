package org.statecraft.bench;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.statecraft.model.Decoder;
import org.statecraft.model.Devices;
import org.statecraft.model.Kernel;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.fused.FusedKernel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What each format of the matrices costs in bits per byte and gains in time: the texts are scored with a real model, the time of
 * a decoded token is taken on a stack of {@link BenchShape}, the formats in turn.
 */
@Command(
        name = "weights",
        mixinStandardHelpOptions = true,
        description = "Bits per byte, time of a decoded token and bytes of the matrices, for each format.",
        footer = {"", "Example: bench/run weights --model recipes/models/books-4m recipes/data/*-excerpt.txt"})
final class WeightsBench implements Callable<Integer> {
    /** Tokens that a window predicts. */
    private static final int WINDOW = 512;

    /** Tokens of a turn, before the next format has its own. */
    private static final int TURN = 16;

    @Parameters(
            paramLabel = "TEXT",
            arity = "0..*",
            description = "UTF-8 files to score; with none only time is measured.")
    private List<Path> texts = List.of();

    @Option(names = "--model", paramLabel = "DIR", description = "The model that scores the texts.")
    private Path scored;

    @Option(
            names = "--architecture",
            defaultValue = BenchShape.MAMBA2,
            description = "mamba1 or mamba2 (default: ${DEFAULT-VALUE}).")
    private String architecture;

    @Option(names = "--shape", defaultValue = "130m", description = "Sizes: 130m, 370m or 1.3b.")
    private String shape;

    @Option(names = "--layers", description = "Layers (default: as many as the published model has).")
    private Integer layers;

    @Option(
            names = "--batch",
            defaultValue = "1",
            description = "Sequences decoded at once (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--repetitions", defaultValue = "15", description = "Counted rounds (default: ${DEFAULT-VALUE}).")
    private int repetitions;

    @Option(names = "--threads", description = "Threads of an operation (default: all processors).")
    private Integer threads;

    @Option(names = "--json", paramLabel = "FILE", description = "Append one JSON line for each format.")
    private Path json;

    /**
     * One line of output.
     *
     * @param bitsPerByte of all texts together; null without texts
     * @param secondsPerToken of one step of the whole batch
     * @param ratioToFloat32 median of the rounds' own ratios
     * @param matrixBytes of the timed stack
     */
    record Row(
            String kernel,
            String format,
            Double bitsPerByte,
            String shape,
            int batch,
            double secondsPerToken,
            double ratioToFloat32,
            long matrixBytes) {}

    @Override
    public Integer call() throws IOException {
        if (!texts.isEmpty() && scored == null) {
            System.err.println("texts are scored by a model; name it with --model DIR");
            return 2;
        }
        Devices.useThreads(threads == null ? Runtime.getRuntime().availableProcessors() : threads);
        List<Row> rows = new ArrayList<>();
        BenchShape stack = BenchShape.of(architecture, shape);
        stack = layers == null ? stack : stack.withLayers(layers);
        Path folder = Files.createTempDirectory("statecraft-bench");
        try {
            stack.write(folder);
            Kernel kernel = new FusedKernel();
            try (LanguageModel model = LanguageModel.load(folder, Device.cpu()).with(kernel)) {
                List<LanguageModel> models =
                        Arrays.stream(MatrixFormat.values()).map(model::with).toList();
                double[][] seconds = decode(models);
                for (int i = 0; i < models.size(); i++) {
                    MatrixFormat format = models.get(i).format();
                    Pairs pairs = Pairs.of(seconds[i], seconds[0]);
                    rows.add(new Row(
                            kernel.name(),
                            format.toString(),
                            texts.isEmpty() ? null : bitsPerByte(kernel, format),
                            stack.size(),
                            batch,
                            pairs.medianSeconds(),
                            pairs.ratio(),
                            models.get(i).matrixBytes()));
                }
            }
        } finally {
            Bench.delete(folder);
        }
        System.out.print(table(rows));
        if (json != null) {
            ObjectMapper mapper = new ObjectMapper();
            for (Row row : rows) {
                String line = mapper.writeValueAsString(row) + "\n";
                Files.writeString(json, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
        return 0;
    }

    /** Seconds of a token, by format and round. */
    private double[][] decode(List<LanguageModel> models) {
        double[][] seconds = new double[models.size()][Pairs.WARM_UP + repetitions];
        List<Decoder> decoders = new ArrayList<>();
        try {
            for (LanguageModel model : models) {
                try (NDManager scope = model.newScope()) {
                    TokenBatch first = TokenBatch.padded(scope, Collections.nCopies(batch, new int[] {1}));
                    decoders.add(model.decoder(model.prefill(first, null).state()));
                }
            }
            SplittableRandom random = new SplittableRandom(1);
            for (int round = 0; round < Pairs.WARM_UP + repetitions; round++) {
                int[] tokens = random.ints(batch, 0, models.get(0).config().vocabSize())
                        .toArray();
                for (int i = 0; i < models.size(); i++) {
                    Decoder decoder = decoders.get(i);
                    seconds[i][round] = Pairs.seconds(() -> {
                                for (int t = 0; t < TURN; t++) {
                                    decoder.step(tokens);
                                }
                            })
                            / TURN;
                }
            }
        } finally {
            decoders.forEach(Decoder::close);
        }
        return seconds;
    }

    /** Of all texts together; every window starts from the end-of-text token alone. */
    private double bitsPerByte(Kernel kernel, MatrixFormat format) throws IOException {
        double nats = 0;
        long bytes = 0;
        try (Tokenizer tokenizer = Tokenizer.load(scored);
                LanguageModel model = LanguageModel.load(scored, Device.cpu(), kernel, format)) {
            for (Path file : texts) {
                String text = Files.readString(file);
                bytes += text.getBytes(StandardCharsets.UTF_8).length;
                int[] tokens = tokenizer.encode(text);
                for (int from = 0; from < tokens.length; from += WINDOW) {
                    int to = Math.min(from + WINDOW, tokens.length);
                    int[] window = new int[1 + to - from];
                    window[0] = tokenizer.endOfText();
                    System.arraycopy(tokens, from, window, 1, to - from);
                    try (NDManager scope = model.newScope()) {
                        TokenBatch one = TokenBatch.padded(scope, List.of(window));
                        nats += model.lossSum(one, one.ids()).getFloat();
                    }
                }
            }
        }
        return nats / bytes / Math.log(2);
    }

    private static String table(List<Row> rows) {
        StringBuilder table = new StringBuilder(String.format(
                "%-9s %-9s %13s %9s %-6s %5s %12s %8s %12s%n",
                "kernel",
                "weights",
                "bits per byte",
                "change",
                "shape",
                "batch",
                "ms per token",
                "ratio",
                "matrices MB"));
        Double exact = rows.get(0).bitsPerByte();
        for (Row row : rows) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-9s %-9s %13s %9s %-6s %5d %12.3f %8.2f %12.1f%n",
                    row.kernel(),
                    row.format(),
                    exact == null ? "-" : String.format(Locale.ROOT, "%.4f", row.bitsPerByte()),
                    exact == null ? "-" : String.format(Locale.ROOT, "%+.4f", row.bitsPerByte() - exact),
                    row.shape(),
                    row.batch(),
                    row.secondsPerToken() * 1e3,
                    row.ratioToFloat32(),
                    row.matrixBytes() / 1e6));
        }
        return table.toString();
    }
}
