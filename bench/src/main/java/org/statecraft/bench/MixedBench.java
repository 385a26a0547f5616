package org.statecraft.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.statecraft.model.Adapter;
import org.statecraft.model.Decoder;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Snapshot;
import org.statecraft.model.TokenBatch;
import org.statecraft.peft.mixed.RowAdapters;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Eight rows with an adapter of their own each, in one pass, against eight rows of the bare model: three low-rank state offsets,
 * three LoRAs on in_proj, two snapshots.
 */
@Command(
        name = "mixed",
        mixinStandardHelpOptions = true,
        description = "Time of 8 rows with 8 different adapters in one pass, relative to 8 rows of the bare model.",
        footer = {"", "Example: bench/run mixed --architecture mamba2 --kernel fused --layers 4"})
final class MixedBench implements Callable<Integer> {
    private static final List<String> TUNED = List.of(
            TuningMethods.STATE_OFFSET,
            TuningMethods.LORA_IN,
            TuningMethods.STATE_OFFSET,
            TuningMethods.LORA_IN,
            TuningMethods.STATE_OFFSET,
            TuningMethods.LORA_IN);
    private static final int SNAPSHOTS = 2;
    private static final int ROWS = TUNED.size() + SNAPSHOTS;

    @Mixin
    private BenchModels models;

    @Option(
            names = "--length",
            defaultValue = "256",
            description = "Tokens of each row in prefill (default: ${DEFAULT-VALUE}).")
    private int length;

    @Override
    public Integer call() throws Exception {
        System.out.printf(
                "%-8s %-7s %-10s %-13s %6s %5s %6s %10s %10s %8s %8s %8s%n",
                "work", "model", "kernel", "shape", "layers", "batch", "length", "mixed s", "plain s", "ratio", "low",
                "high");
        models.each(List.of(this::measure));
        return 0;
    }

    private void measure(LanguageModel model, String size) {
        List<Adapter> adapters = new ArrayList<>();
        Map<String, TuningMethods.Method> methods = TuningMethods.of(model);
        // they end with the model
        TUNED.forEach(name -> adapters.add(methods.get(name).create(model)));
        try (NDManager scope = model.newScope()) {
            for (int i = 0; i < SNAPSHOTS; i++) {
                ModelState read = model.prefill(TokenBatch.of(ids(model, scope, 1, DecodeBench.PROMPT)), null)
                        .state();
                adapters.add(Snapshot.of(model, read, null, DecodeBench.PROMPT));
            }
            try (RowAdapters rows = RowAdapters.of(model, adapters)) {
                LanguageModel mixed = model.with(rows);
                NDArray prompts = ids(model, scope, ROWS, length);
                Pairs prefill = Pairs.measure(
                        models.repetitions(),
                        () -> PrefillBench.prefill(mixed, prompts),
                        () -> PrefillBench.prefill(model, prompts));
                print("prefill", model, size, length, prefill);
                ModelState start = model.prefill(TokenBatch.of(ids(model, scope, ROWS, DecodeBench.PROMPT)), null)
                        .state();
                try (Decoder mixedDecoder = mixed.decoder(start);
                        Decoder plainDecoder = model.decoder(start)) {
                    // lists of their own: a step writes the tokens that it chose
                    int[] mixedTokens = new int[ROWS];
                    int[] plainTokens = new int[ROWS];
                    Pairs decode = Pairs.measure(
                            models.repetitions(),
                            () -> DecodeBench.step(mixedDecoder, mixedTokens),
                            () -> DecodeBench.step(plainDecoder, plainTokens));
                    print("decode", model, size, 1, decode);
                }
            }
        }
    }

    private static NDArray ids(LanguageModel model, NDManager scope, long rows, long tokens) {
        return scope.randomInteger(0, model.config().vocabSize(), new Shape(rows, tokens), DataType.INT64);
    }

    private static void print(String work, LanguageModel model, String size, int tokens, Pairs pairs) {
        System.out.printf(
                Locale.ROOT,
                "%-8s %-7s %-10s %-13s %6d %5d %6d %10.4f %10.4f %8.2f %8.2f %8.2f%n",
                work,
                BenchModels.architecture(model),
                model.kernel().name(),
                size,
                model.layers().size(),
                ROWS,
                tokens,
                pairs.medianSeconds(),
                pairs.floorSeconds(),
                pairs.ratio(),
                pairs.low(),
                pairs.high());
    }
}
