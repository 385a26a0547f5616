package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;

/** One forward pass, recorded whole. */
record RecordedGradient(LanguageModel model) implements LossGradient {

    @Override
    public NDArray add(TokenBatch batch, NDArray labels, double scale) {
        NDManager scope = batch.ids().getManager();
        try (GradientCollector collector = scope.getEngine().newGradientCollector()) {
            NDArray loss = model.lossSum(batch, labels).mul(Constants.scalar(scope, scale));
            collector.backward(loss);
            return loss.stopGradient();
        }
    }
}
