package org.statecraft.workbench.recipe;

import org.statecraft.peft.train.Rows;
import org.statecraft.peft.train.Schedule;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * AdamW and its schedule.
 *
 * @param learningRate the highest rate, reached after the warm-up
 * @param steps parameter updates
 * @param batch windows of one forward pass
 * @param accumulate forward passes of one update
 * @param rows how examples of different lengths go through the model together
 * @param schedule how the rate falls after the warm-up
 * @param warmup updates over which the rate rises from 0
 * @param weightDecay decoupled weight decay
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param clip largest global norm of the gradient; 0 for no clipping
 */
public record OptimizerSpec(
        @Range(min = 0, above = true, max = 10) double learningRate,
        @Range(min = 1) int steps,
        @Default("8") @Range(min = 1, max = 4096) int batch,
        @Default("1") @Range(min = 1, max = 4096) int accumulate,
        @Default("packed") Rows rows,
        @Default("linear") Schedule schedule,
        @Default("0") @Range(min = 0) int warmup,
        @Default("0") @Range(min = 0, max = 10) double weightDecay,
        @Default("0.9") @Range(min = 0, max = 1, below = true) double beta1,
        @Default("0.999") @Range(min = 0, max = 1, below = true) double beta2,
        @Default("1e-8") @Range(min = 0, above = true, max = 1) double epsilon,
        @Default("1.0") @Range(min = 0) double clip) {}
