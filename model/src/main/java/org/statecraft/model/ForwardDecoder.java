package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** Decodes with forward passes of one token: any kernel, any adapter. */
final class ForwardDecoder implements Decoder {
    private LanguageModel model;
    private final NDManager manager;
    private ModelState state;
    private NDArray logits;

    ForwardDecoder(LanguageModel model, ModelState start) {
        this.model = model;
        this.manager = model.newScope();
        this.state = start.copy(manager);
    }

    @Override
    public NDArray step(int[] tokens) {
        try (NDManager scope = manager.newSubManager()) {
            long[] ids = Arrays.stream(tokens).asLongStream().toArray();
            NDArray input = scope.create(ids, new Shape(tokens.length, 1));
            Output output = model.forward(TokenBatch.of(input), state, null);
            NDArray next = model.logits(output.hidden().squeeze(1));
            replace(output.state());
            if (logits != null) {
                logits.close();
            }
            next.attach(manager);
            logits = next;
        }
        return logits;
    }

    @Override
    public void keep(int[] rows) {
        model = model.forRows(rows);
        replace(state.rows(rows));
    }

    private void replace(ModelState next) {
        next.attach(manager);
        state.close();
        state = next;
    }

    @Override
    public ModelState state() {
        return state;
    }

    @Override
    public void close() {
        manager.close();
    }
}
