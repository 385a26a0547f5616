package org.statecraft.model.zoo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import org.statecraft.model.LanguageModel;

/** Ids {@code [batch, length]} int64 to logits {@code [batch, length, embedding rows]}; nothing to nothing. */
final class LanguageModelBlock extends AbstractBlock {
    private final LanguageModel model;

    LanguageModelBlock(LanguageModel model) {
        this.model = model;
    }

    @Override
    protected NDList forwardInternal(
            ParameterStore store, NDList inputs, boolean training, PairList<String, Object> parameters) {
        if (inputs.isEmpty()) {
            return inputs;
        }
        NDArray hidden = model.forward(inputs.singletonOrThrow()).hidden();
        return new NDList(model.logits(hidden));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        return new Shape[] {inputShapes[0].add(model.config().embeddingRows())};
    }
}
