package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), bias-corrected, in float32.
 *
 * <pre>
 * m ← β1·m + (1-β1)·g      v ← β2·v + (1-β2)·g²
 * p ← p·(1 - rate·decay) - rate/(1-β1^t) · m / (√(v/(1-β2^t)) + ε)
 * </pre>
 */
final class AdamW {
    private final OptimizerConfig config;
    private final NDArray firstMoment;
    private final NDArray secondMoment;

    /** Moments of 0 that belong to {@code owner}. */
    AdamW(OptimizerConfig config, NDManager owner, long size) {
        this(config, owner.zeros(new Shape(size)), owner.zeros(new Shape(size)));
    }

    /** Continues from stored moments. */
    AdamW(OptimizerConfig config, NDArray firstMoment, NDArray secondMoment) {
        this.config = config;
        this.firstMoment = firstMoment;
        this.secondMoment = secondMoment;
    }

    NDArray firstMoment() {
        return firstMoment;
    }

    NDArray secondMoment() {
        return secondMoment;
    }

    /**
     * One update.
     *
     * @param gradient a temporary array
     * @param t number of this update, from 1
     */
    void update(ParameterVector parameters, NDArray gradient, int t, double rate) {
        firstMoment.muli(config.beta1()).addi(gradient.mul(1 - config.beta1()));
        secondMoment.muli(config.beta2()).addi(gradient.square().muli(1 - config.beta2()));
        double firstBias = 1 - Math.pow(config.beta1(), t);
        double secondBias = 1 - Math.pow(config.beta2(), t);
        if (config.weightDecay() > 0) {
            parameters.decay(1 - rate * config.weightDecay());
        }
        try (NDManager scope = gradient.getManager().newSubManager()) {
            NDArray root = secondMoment.sqrt();
            root.attach(scope);
            root.muli(1 / Math.sqrt(secondBias)).addi(config.epsilon());
            NDArray delta = firstMoment.div(root);
            delta.attach(scope);
            parameters.add(delta.muli(-rate / firstBias));
        }
    }
}
