package org.statecraft.workbench.execute;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.statecraft.model.LanguageModel;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.sparse.SparseWarmup;
import org.statecraft.peft.train.OptimizerConfig;
import org.statecraft.peft.train.Trainer;
import org.statecraft.peft.train.TrainingConfig;
import org.statecraft.peft.train.TrainingData;
import org.statecraft.peft.train.TrainingListener;
import org.statecraft.peft.train.TrainingReport;
import org.statecraft.workbench.recipe.MethodSpec;
import org.statecraft.workbench.recipe.SparseSpec;
import org.statecraft.workbench.recipe.TogetherSpec;

/** The phase of a training that only finds out what the next one trains; methods without one pass through. */
record WarmUp(LanguageModel model, TrainingData data, TrainingListener listener, BooleanSupplier cancelled) {

    /** The part of a method that needs a warm-up; null where none does. */
    static SparseSpec of(MethodSpec method) {
        if (method instanceof TogetherSpec together) {
            return together.methods().stream()
                    .map(WarmUp::of)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
        return method instanceof SparseSpec spec ? spec : null;
    }

    /**
     * Trains the method with all candidates, and throws away everything but which of them changed most. A phase that was
     * interrupted goes on at its last checkpoint; one that was finished ends at once with the same values.
     *
     * @param then how the next phase is trained; this one has its rate, batches and order of examples, no validation and no rise
     *     of the rate
     * @param checkpoints of this phase alone, or null for none
     * @return a factory that makes the adapter of the next phase
     */
    MethodFactory run(MethodSpec method, MethodFactory factory, TrainingConfig then, Path checkpoints) {
        SparseSpec spec = of(method);
        if (spec == null) {
            return factory;
        }
        listener.note("warm-up: " + spec.warmupSteps() + " updates that find the entries to train");
        try (TunableAdapter adapter = factory.create(method, model)) {
            Trainer trainer = new Trainer(model, adapter, data, config(then, spec.warmupSteps()))
                    .listen(listener)
                    .cancelWhen(cancelled);
            if (checkpoints != null) {
                trainer.checkpointTo(checkpoints);
            }
            boolean begun = checkpoints != null && Files.isDirectory(checkpoints);
            TrainingReport report = begun ? trainer.resume() : trainer.train();
            if (report.state() == TrainingReport.State.CANCELLED) {
                throw new Cancelled();
            }
            return factory.with(SparseWarmup.in(adapter).selection());
        }
    }

    private static TrainingConfig config(TrainingConfig then, int steps) {
        OptimizerConfig o = then.optimizer();
        return new TrainingConfig(
                new OptimizerConfig(
                        o.learningRate(),
                        o.schedule(),
                        0,
                        o.weightDecay(),
                        o.beta1(),
                        o.beta2(),
                        o.epsilon(),
                        o.clip()),
                steps,
                then.batch(),
                then.accumulate(),
                then.rows(),
                then.recompute(),
                0,
                then.checkpointEvery(),
                TrainingConfig.EarlyStopping.NEVER,
                TrainingConfig.Keep.LAST,
                then.seed());
    }
}
