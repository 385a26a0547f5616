package org.statecraft.workbench.recipe;

import org.statecraft.peft.train.TrainingConfig.Keep;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Range;

/** The keys that steps share which train something; {@link TuneStep} and {@link TrainStep} say what they mean. */
public sealed interface TrainingStep permits TuneStep, TrainStep {
    DataSpec data();

    OptimizerSpec optimizer();

    boolean recompute();

    Integer evaluateEvery();

    int checkpointEvery();

    EarlyStopping earlyStopping();

    Keep keep();

    /**
     * Ends a training whose validation loss no longer falls.
     *
     * @param patience so many validations in a row without improvement end it
     * @param minDelta an improvement must exceed this, in nats per token
     */
    record EarlyStopping(@Range(min = 1) int patience, @Default("0") @Range(min = 0) double minDelta) {}
}
