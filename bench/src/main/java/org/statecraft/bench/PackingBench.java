package org.statecraft.bench;

import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LossGradient;
import org.statecraft.model.TokenBatch;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;

/**
 * Loss and gradients of a low-rank state-offset adapter on packed sequences against those on the same sequences padded. Their
 * lengths are evenly spread up to the longest, so nearly half of the padded batch is padding.
 */
final class PackingBench {
    static final int ROWS = 8;

    private static final int RANK = 4;

    private PackingBench() {}

    static Pairs run(LanguageModel model, long rows, long longest, int repetitions) {
        SplittableRandom random = new SplittableRandom(1);
        List<int[]> ids = LongStream.rangeClosed(1, rows)
                .mapToObj(r -> random.ints(longest * r / rows, 0, model.config().vocabSize())
                        .toArray())
                .toList();
        try (StateOffset adapter = StateOffset.create(model, StateOffsetConfig.lowRank(RANK), 0)) {
            adapter.parameters().values().forEach(parameter -> parameter.setRequiresGradient(true));
            LossGradient gradient = LossGradient.recorded(model.with(adapter));
            return Pairs.measure(
                    repetitions,
                    () -> step(model, gradient, scope -> TokenBatch.packed(scope, ids)),
                    () -> step(model, gradient, scope -> TokenBatch.padded(scope, ids)));
        }
    }

    @FunctionalInterface
    private interface Form {
        TokenBatch of(NDManager scope);
    }

    /** Id 0 of the padding counts as a label; that changes no time. */
    private static void step(LanguageModel model, LossGradient gradient, Form form) {
        try (NDManager scope = model.newScope()) {
            TokenBatch batch = form.of(scope);
            gradient.add(batch, batch.ids(), 1e-3).getFloat();
        }
    }
}
