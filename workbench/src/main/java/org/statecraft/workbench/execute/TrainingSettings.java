package org.statecraft.workbench.execute;

import org.statecraft.peft.train.OptimizerConfig;
import org.statecraft.peft.train.TrainingConfig;
import org.statecraft.workbench.recipe.OptimizerSpec;
import org.statecraft.workbench.recipe.TrainingStep;

/** The keys of a training as the trainer takes them. */
final class TrainingSettings {
    private TrainingSettings() {}

    /** Everything that the keys of a step say. */
    static TrainingConfig of(TrainingStep step, long seed) {
        OptimizerSpec o = step.optimizer();
        TrainingStep.EarlyStopping early = step.earlyStopping();
        return new TrainingConfig(
                optimizer(o, o.learningRate(), o.steps()),
                o.steps(),
                o.batch(),
                o.accumulate(),
                o.rows(),
                step.recompute(),
                step.evaluateEvery() == null ? 0 : step.evaluateEvery(),
                step.checkpointEvery(),
                early == null
                        ? TrainingConfig.EarlyStopping.NEVER
                        : new TrainingConfig.EarlyStopping(early.patience(), early.minDelta()),
                step.keep(),
                seed);
    }

    /** A training that is validated once, behind its last update. */
    static TrainingConfig validatedAtTheEnd(OptimizerSpec o, double learningRate, int steps, long seed) {
        return new TrainingConfig(
                optimizer(o, learningRate, steps),
                steps,
                o.batch(),
                o.accumulate(),
                o.rows(),
                false,
                steps,
                0,
                TrainingConfig.EarlyStopping.NEVER,
                TrainingConfig.Keep.LAST,
                seed);
    }

    private static OptimizerConfig optimizer(OptimizerSpec o, double learningRate, int steps) {
        return new OptimizerConfig(
                learningRate,
                o.schedule(),
                Math.min(o.warmup(), steps),
                o.weightDecay(),
                o.beta1(),
                o.beta2(),
                o.epsilon(),
                o.clip());
    }
}
