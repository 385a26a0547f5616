package org.statecraft.workbench.recipe;

import org.statecraft.peft.train.TrainingConfig.Keep;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Makes a model and trains all of its parameters; only the first step of a recipe, which then names no model.
 *
 * @param model its architecture and sizes
 * @param tokenizer a model folder whose tokenizer it takes over; null with a probe, whose symbols are the tokens
 * @param data what it is trained on
 * @param optimizer how
 * @param recompute whether the backward pass computes each layer again, which takes less memory and more time
 * @param evaluateEvery steps between two validation losses; null for none during training
 * @param checkpointEvery steps between two checkpoints, from which a stopped run continues
 * @param earlyStopping when to end before the last step, or null for never
 * @param keep which parameters the step leaves behind
 */
@Named("train")
public record TrainStep(
        ModelSpec model,
        @OrNull String tokenizer,
        DataSpec data,
        OptimizerSpec optimizer,
        @Default("false") boolean recompute,
        @OrNull @Range(min = 1) Integer evaluateEvery,
        @Default("500") @Range(min = 1) int checkpointEvery,
        @OrNull EarlyStopping earlyStopping,
        @Default("last") Keep keep)
        implements Step, TrainingStep {}
