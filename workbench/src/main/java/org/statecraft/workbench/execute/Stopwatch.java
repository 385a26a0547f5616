package org.statecraft.workbench.execute;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.statecraft.model.Decoder;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;

/** Times that a comparison puts beside those of an adapter. */
final class Stopwatch {
    private static final int FORWARDS = 4;
    private static final int TOKENS = 24;
    private static final int PROMPT = 16;

    private Stopwatch() {}

    /** Median seconds of the loss alone on a batch of rows. */
    static double forward(LanguageModel model, List<int[]> rows) {
        double[] seconds = new double[FORWARDS];
        for (int i = 0; i < FORWARDS; i++) {
            seconds[i] = seconds(() -> {
                try (NDManager scope = model.newScope()) {
                    TokenBatch batch = TokenBatch.padded(scope, rows);
                    model.lossSum(batch, batch.ids()).getFloat();
                }
            });
        }
        return median(seconds);
    }

    /**
     * Decodes with two models in turn.
     *
     * @param base seconds of a token, median
     * @param adapted likewise
     */
    record Tokens(double base, double adapted) {
        static Tokens of(LanguageModel base, LanguageModel adapted) {
            try (NDManager scope = base.newScope();
                    Decoder plain = decoder(base, scope);
                    Decoder changed = decoder(adapted, scope)) {
                double[] plainSeconds = new double[TOKENS];
                double[] changedSeconds = new double[TOKENS];
                for (int i = 0; i < TOKENS; i++) {
                    plainSeconds[i] = seconds(() -> plain.step(new int[] {1}).toFloatArray());
                    changedSeconds[i] =
                            seconds(() -> changed.step(new int[] {1}).toFloatArray());
                }
                return new Tokens(median(plainSeconds), median(changedSeconds));
            }
        }

        private static Decoder decoder(LanguageModel model, NDManager scope) {
            TokenBatch prompt = TokenBatch.of(scope.ones(new Shape(1, PROMPT)).toType(DataType.INT64, false));
            return model.decoder(model.prefill(prompt, null).state());
        }
    }

    /** Median of the later two thirds, when caches are warm. */
    static double median(double[] values) {
        double[] later = Arrays.copyOfRange(values, values.length / 3, values.length);
        Arrays.sort(later);
        return later[later.length / 2];
    }

    static double median(List<Double> values) {
        return median(new ArrayList<>(values)
                .stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double seconds(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }
}
