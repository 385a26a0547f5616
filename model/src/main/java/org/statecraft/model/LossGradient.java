package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/**
 * Forward and backward of one batch: the gradient of the loss is added to the gradient of every array that requires one,
 * wherever it takes part. One at a time in a process, because DJL has one gradient recorder.
 */
public sealed interface LossGradient permits RecordedGradient, RecomputedGradient {

    /** Records the whole forward pass: the fastest way, whose memory grows with the number of layers times the length. */
    static LossGradient recorded(LanguageModel model, Objective objective) {
        return new RecordedGradient(model, objective);
    }

    /** As {@link #recorded(LanguageModel, Objective)}, of the cross-entropy. */
    static LossGradient recorded(LanguageModel model) {
        return recorded(model, Objective.CROSS_ENTROPY);
    }

    /**
     * Keeps only what enters each layer and computes the layer again when its turn comes in the backward pass: a third more
     * work, the memory of one layer and one segment of the sequence, and the same gradients up to rounding.
     */
    static LossGradient recomputed(LanguageModel model, Objective objective) {
        return new RecomputedGradient(model, objective);
    }

    /** As {@link #recomputed(LanguageModel, Objective)}, of the cross-entropy. */
    static LossGradient recomputed(LanguageModel model) {
        return recomputed(model, Objective.CROSS_ENTROPY);
    }

    /**
     * Adds the gradient of {@code scale · lossSum}.
     *
     * @param labels as in {@link LanguageModel#lossSum}
     * @return {@code scale · lossSum}, a scalar that belongs to the manager of the ids
     */
    NDArray add(TokenBatch batch, NDArray labels, double scale);
}
