package org.statecraft.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.statecraft.model.Decoder;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.TokenBatch;

/** One further token for each row behind a short prompt, the choice of the likeliest token included. */
final class DecodeBench {
    static final long PROMPT = 16;

    private DecodeBench() {}

    static Pairs run(LanguageModel model, long batch, long length, int repetitions) {
        try (NDManager scope = model.newScope()) {
            NDArray ids = scope.randomInteger(0, model.config().vocabSize(), new Shape(batch, PROMPT), DataType.INT64);
            ModelState start = model.prefill(TokenBatch.of(ids), null).state();
            Floor floor = Floor.decode(model, scope, batch);
            int[] tokens = new int[Math.toIntExact(batch)];
            try (Decoder decoder = model.decoder(start)) {
                return Pairs.measure(repetitions, () -> step(decoder, tokens), floor::run);
            }
        }
    }

    static void step(Decoder decoder, int[] tokens) {
        try (NDArray likeliest = decoder.step(tokens).argMax(1)) {
            long[] next = likeliest.toLongArray();
            Arrays.setAll(tokens, i -> (int) next[i]);
        }
    }
}
