package org.statecraft.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Output;
import org.statecraft.model.TokenBatch;

/** A prompt through the model: logits after its last token, and the state to go on from. */
final class PrefillBench {
    private PrefillBench() {}

    static Pairs run(LanguageModel model, long batch, long length, int repetitions) {
        try (NDManager scope = model.newScope()) {
            NDArray ids = scope.randomInteger(0, model.config().vocabSize(), new Shape(batch, length), DataType.INT64);
            Floor floor = Floor.prefill(model, scope, batch, length);
            return Pairs.measure(repetitions, () -> prefill(model, ids), floor::run);
        }
    }

    static void prefill(LanguageModel model, NDArray ids) {
        try (NDManager scope = ids.getManager().newSubManager()) {
            NDArray input = ids.duplicate();
            input.attach(scope);
            Output output = model.prefill(TokenBatch.of(input), null);
            model.logits(output.hidden());
        }
    }
}
