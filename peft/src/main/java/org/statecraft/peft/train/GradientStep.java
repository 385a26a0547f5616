package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.statecraft.model.LossGradient;
import org.statecraft.model.TokenBatch;

/** Loss and gradient of one update: forward and backward over its batches, added up as if they were one. */
final class GradientStep {
    private final LossGradient lossGradient;
    private final ParameterVector parameters;
    private final BooleanSupplier cancelled;

    GradientStep(LossGradient lossGradient, ParameterVector parameters, BooleanSupplier cancelled) {
        this.lossGradient = lossGradient;
        this.parameters = parameters;
        this.cancelled = cancelled;
    }

    /**
     * The mean over all counted labels of all batches.
     *
     * @param gradient {@code [parameters]}
     * @param norm of the gradient
     */
    record Result(NDArray gradient, double loss, double norm) {}

    /**
     * Computes the gradient.
     *
     * @param scope owns the result
     * @return null when cancelled between two batches
     */
    Result run(NDManager scope, List<Batch> batches) {
        long counted = batches.stream().mapToLong(Batch::counted).sum();
        if (counted == 0) {
            throw new TrainingException("none of the labels of " + batches.size()
                    + " batches counts, so there is nothing to learn from; check how the data is masked");
        }
        NDArray loss = null;
        NDArray gradient;
        parameters.record(true);
        try {
            parameters.zeroGradients(scope);
            for (Batch batch : batches) {
                if (cancelled.getAsBoolean()) {
                    return null;
                }
                NDArray part = backward(scope, batch, counted);
                loss = loss == null ? part : loss.addi(part);
            }
            gradient = parameters.gradient(scope);
        } finally {
            parameters.record(false);
        }
        float[] read = NDArrays.stack(new NDList(loss, gradient.square().sum())).toFloatArray();
        return new Result(gradient, read[0], Math.sqrt(read[1]));
    }

    private NDArray backward(NDManager scope, Batch batch, long counted) {
        try (NDManager pass = scope.newSubManager()) {
            TokenBatch tokens = batch.tokens(pass);
            NDArray loss = lossGradient.add(tokens, batch.labels(tokens), 1.0 / counted);
            loss.attach(scope);
            return loss;
        }
    }
}
