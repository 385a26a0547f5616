package org.statecraft.peft.train;

import org.statecraft.model.InputException;

/**
 * How an adapter is trained.
 *
 * @param steps updates
 * @param batch examples of one forward pass
 * @param accumulate forward passes of one update; together they equal one pass over {@code batch·accumulate} examples
 * @param rows how examples of different lengths go through the model together
 * @param recompute whether the backward pass computes each layer again instead of keeping what it needs; gradients are the same
 *     up to rounding
 * @param evaluateEvery updates between two validations, the last update is followed by one too; 0 for none
 * @param checkpointEvery updates between two checkpoints; 0 for only one at the end or on cancellation
 * @param earlyStopping {@link EarlyStopping#NEVER} or when to end before the last update
 * @param keep which parameters the adapter has at the end
 * @param seed decides the order of the examples
 */
public record TrainingConfig(
        OptimizerConfig optimizer,
        int steps,
        int batch,
        int accumulate,
        Rows rows,
        boolean recompute,
        int evaluateEvery,
        int checkpointEvery,
        EarlyStopping earlyStopping,
        Keep keep,
        long seed) {

    public TrainingConfig {
        OptimizerConfig.require(steps >= 1, "steps", steps, "at least 1");
        OptimizerConfig.require(batch >= 1, "batch", batch, "at least 1");
        OptimizerConfig.require(accumulate >= 1, "accumulate", accumulate, "at least 1");
        OptimizerConfig.require(
                evaluateEvery >= 0, "evaluate-every", evaluateEvery, "0 for never, or a number of updates");
        OptimizerConfig.require(checkpointEvery >= 0, "checkpoint-every", checkpointEvery, "0 or a number of updates");
        OptimizerConfig.require(
                optimizer.warmup() <= steps, "warmup", optimizer.warmup(), "at most steps, which is " + steps);
        if (evaluateEvery == 0 && (keep == Keep.BEST || earlyStopping.patience() > 0)) {
            throw new InputException((keep == Keep.BEST ? "keep: best" : "early-stopping")
                    + " needs validation losses during the training; "
                    + "set evaluate-every and give a validation text");
        }
    }

    /** Examples of one update. */
    int examplesPerStep() {
        return Math.multiplyExact(batch, accumulate);
    }

    double learningRate(int updatesDone) {
        return optimizer.learningRate() * optimizer.schedule().factor(updatesDone, steps, optimizer.warmup());
    }

    /** Which parameters a training leaves in the adapter. */
    public enum Keep {
        /** Those after the last update. */
        LAST,
        /** Those with the lowest validation loss. */
        BEST
    }

    /**
     * Ends a training whose validation loss no longer falls.
     *
     * @param patience so many validations in a row without improvement end it; 0 for never
     * @param minDelta an improvement must exceed this, in nats per token
     */
    public record EarlyStopping(int patience, double minDelta) {
        public static final EarlyStopping NEVER = new EarlyStopping(0, 0);

        public EarlyStopping {
            OptimizerConfig.require(patience >= 0, "early-stopping.patience", patience, "0 for never, or validations");
            OptimizerConfig.require(minDelta >= 0, "early-stopping.min-delta", minDelta, "0 or more nats per token");
        }
    }
}
