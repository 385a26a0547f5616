package org.statecraft.peft.train;

import org.statecraft.model.InputException;

/**
 * AdamW and its schedule.
 *
 * @param learningRate the highest rate
 * @param warmup updates over which the rate rises from 0
 * @param weightDecay decoupled: pulls every trained value towards 0, which for an adapter is the base model
 * @param epsilon added to the root of the second moment
 * @param clip largest global norm of the gradient; 0 for no clipping
 */
public record OptimizerConfig(
        double learningRate,
        Schedule schedule,
        int warmup,
        double weightDecay,
        double beta1,
        double beta2,
        double epsilon,
        double clip) {

    public OptimizerConfig {
        require(learningRate > 0, "learning-rate", learningRate, "a positive number");
        require(warmup >= 0, "warmup", warmup, "0 or more updates");
        require(weightDecay >= 0, "weight-decay", weightDecay, "0 or more");
        require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "a number from 0 to below 1");
        require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "a number from 0 to below 1");
        require(epsilon > 0, "epsilon", epsilon, "a positive number");
        require(clip >= 0, "clip", clip, "a norm, or 0 for no clipping");
    }

    /** The usual AdamW: betas 0.9 and 0.999, epsilon 1e-8, no decay; linear schedule without warm-up; norm clipped to 1. */
    public static OptimizerConfig adamW(double learningRate) {
        return new OptimizerConfig(learningRate, Schedule.LINEAR, 0, 0, 0.9, 0.999, 1e-8, 1);
    }

    static void require(boolean holds, String key, Object found, String expected) {
        if (!holds) {
            throw new InputException(key + " is " + found + "; expected " + expected);
        }
    }
}
