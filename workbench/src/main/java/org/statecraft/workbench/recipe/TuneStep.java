package org.statecraft.workbench.recipe;

import org.statecraft.peft.train.TrainingConfig.Keep;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Trains an adapter on a text or on examples.
 *
 * @param method what is trained
 * @param data what it is trained on
 * @param optimizer how
 * @param distill the teacher to learn from as well, or null for the text alone
 * @param recompute whether the backward pass computes each layer again, which takes less memory and more time
 * @param evaluateEvery steps between two validation losses; null for none during training
 * @param checkpointEvery steps between two checkpoints, from which a stopped run continues
 * @param earlyStopping when to end before the last step, or null for never
 * @param keep which parameters the step leaves behind
 */
@Named("tune")
public record TuneStep(
        MethodSpec method,
        DataSpec data,
        OptimizerSpec optimizer,
        @OrNull DistillSpec distill,
        @Default("false") boolean recompute,
        @OrNull @Range(min = 1) Integer evaluateEvery,
        @Default("50") @Range(min = 1) int checkpointEvery,
        @OrNull EarlyStopping earlyStopping,
        @Default("last") Keep keep)
        implements Step, TrainingStep {}
