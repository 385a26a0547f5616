package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;

/**
 * One forward pass, recorded whole up to the rows that the head takes. The head is differentiated piece by piece as soon as
 * these are there, so that the logits of the whole batch are never in memory together.
 */
record RecordedGradient(LanguageModel model, Objective objective) implements LossGradient {

    @Override
    public NDArray add(TokenBatch batch, NDArray labels, double scale) {
        NDManager caller = batch.ids().getManager();
        TokenBatch.Prediction prediction = batch.predicting(labels);
        try (NDManager kept = caller.newSubManager()) {
            BatchLoss batchLoss = new BatchLoss(model, objective, prediction, kept);
            try (GradientCollector collector = caller.getEngine().newGradientCollector()) {
                NDArray loss = caller.zeros(new Shape());
                // where only the head is trained there would be nothing to differentiate without a leaf
                NDArray first = kept.zeros(new Shape());
                first.setRequiresGradient(true);
                NDList targets = new NDList(first);
                new ForwardPass(model, null).run(prediction.tokens(), null, (hidden, from) -> {
                    hidden.attach(kept);
                    NDArray leaf = hidden.stopGradient();
                    leaf.setRequiresGradient(true);
                    loss.addi(batchLoss.backward(
                            collector, scale, leaf.getShape(), from, (piece, rows) -> rows.of(piece, leaf)));
                    // its gradient by the hidden rows is that of the leaf
                    targets.add(hidden.mul(leaf.getGradient()).sum());
                    hidden.close();
                });
                collector.backward(NDArrays.stack(targets).sum());
                return loss;
            }
        }
    }
}
