package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LossGradient;
import org.statecraft.peft.train.TrainingConfig.Keep;
import org.statecraft.peft.train.TrainingReport.State;
import org.statecraft.peft.train.TrainingReport.Validation;

/**
 * The loop of a training and what it carries from update to update. All of that is in a checkpoint, so the loop can begin
 * anywhere: it looks at what is due after the updates made so far, does it, and makes the next update.
 */
final class TrainingRun implements AutoCloseable {
    private final TrainingJob job;
    private final TrainingConfig config;
    private final LanguageModel adapted;
    private final LossGradient lossGradient;
    private final NDManager owner;
    private final ParameterVector parameters;
    private final ExampleStream examples;
    private final Checkpoints checkpoints;
    private final Pace pace = new Pace();

    private AdamW optimizer;
    private History history = History.empty();
    private Cursor cursor = Cursor.START;
    private int step;
    private boolean guarded;
    /** Parameters at the best validation; null before the first, and where they are not to be kept. */
    private Map<String, NDArray> best;

    TrainingRun(TrainingJob job) {
        this.job = job;
        this.config = job.config();
        this.adapted = job.base().with(job.adapter());
        this.lossGradient = config.recompute()
                ? LossGradient.recomputed(adapted, job.objective())
                : LossGradient.recorded(adapted, job.objective());
        this.owner = job.base().newScope();
        this.parameters =
                new ParameterVector(job.adapter().parameters(), job.adapter().undecayed());
        this.examples = new ExampleStream(job.data(), config.seed(), config.batch());
        this.checkpoints = job.checkpoints() == null ? null : new Checkpoints(job.checkpoints());
        this.optimizer = new AdamW(config.optimizer(), owner, parameters.size());
    }

    /** Takes over a checkpoint. */
    void restore(Path checkpoint) {
        Checkpoints.Content content = Checkpoints.read(checkpoint, owner);
        List<String> differences = content.state().differences(job.settings());
        if (!differences.isEmpty()) {
            throw new InputException(
                    checkpoint + " belongs to a training with other settings; resume it with the same ones, "
                            + "or start a new training in another folder:\n  " + String.join("\n  ", differences));
        }
        parameters.set(content.adapter());
        content.adapter().values().forEach(NDArray::close);
        optimizer = new AdamW(config.optimizer(), content.firstMoment(), content.secondMoment());
        best = content.best();
        step = content.state().step();
        cursor = content.state().cursor();
        history = content.state().history().copy();
        guarded = true;
    }

    TrainingReport complete() {
        Guards.coverage(job.base(), job.adapter()).forEach(job.listener()::note);
        if (job.adapter().remark() != null) {
            job.listener().note(job.adapter().remark());
        }
        if (!guarded && job.adapter().untrained() && job.adapter().startsFromTheModel()) {
            Guards.changesNothing(
                    job.base(), adapted, examples.take(cursor, 1).get(0).ids());
        }
        while (true) {
            if (validationDue()) {
                validate();
            }
            boolean finished = !validationDue() && (step == config.steps() || history.exhausts(config.earlyStopping()));
            boolean cancelled = !finished && job.cancelled().getAsBoolean();
            if (finished || cancelled || checkpointDue()) {
                writeCheckpoint();
            }
            if (finished || cancelled) {
                return report(finished ? State.COMPLETED : State.CANCELLED);
            }
            update();
        }
    }

    private boolean validationDue() {
        int every = config.evaluateEvery();
        return every > 0 && step > 0 && (step % every == 0 || step == config.steps()) && !history.validatedAfter(step);
    }

    /** Leaves the validation due when it is cancelled. */
    private void validate() {
        OptionalDouble loss = new ValidationLoss(
                        job.validation(), job.objective(), config.batch(), config.rows(), job.cancelled())
                .of(adapted);
        if (loss.isEmpty()) {
            return;
        }
        history.validations().add(new Validation(step, loss.getAsDouble()));
        job.listener().validated(step, loss.getAsDouble());
        if (config.keep() == Keep.BEST && history.best().step() == step) {
            if (best != null) {
                best.values().forEach(NDArray::close);
            }
            best = parameters.copy(owner);
        }
    }

    private boolean checkpointDue() {
        return config.checkpointEvery() > 0 && step > 0 && step % config.checkpointEvery() == 0;
    }

    private void writeCheckpoint() {
        if (checkpoints == null || checkpoints.holds(step)) {
            return;
        }
        Path written = checkpoints.write(new Checkpoints.Content(
                new TrainerState(step, cursor, history, job.settings()),
                parameters.parameters(),
                optimizer.firstMoment(),
                optimizer.secondMoment(),
                best));
        job.listener().checkpointWritten(step, written);
    }

    /** Makes one update, or none when cancelled in the middle. */
    private void update() {
        long begin = System.nanoTime();
        List<Batch> batches = nextBatches();
        double rate = config.learningRate(step);
        GradientStep.Result result;
        try (NDManager scope = job.base().newScope()) {
            result = new GradientStep(lossGradient, parameters, job.cancelled()).run(scope, batches);
            if (result == null) {
                return;
            }
            Guards.finite(step + 1, parameters, result, rate, remedy());
            if (!guarded) {
                Guards.gradientsFlow(job.adapter(), parameters, result);
                guarded = true;
            }
            optimizer.update(parameters, clipped(result), step + 1, rate);
        }
        step++;
        cursor = examples.advance(cursor, config.examplesPerStep());
        history.losses().add(result.loss());
        long positions = batches.stream().mapToLong(Batch::positions).sum();
        pace.updated(positions, System.nanoTime() - begin);
        job.listener()
                .progress(new TrainingListener.Progress(
                        step,
                        config.steps(),
                        result.loss(),
                        rate,
                        result.norm(),
                        pace.recentTokensPerSecond(),
                        pace.secondsFor(config.steps() - step)));
    }

    private List<Batch> nextBatches() {
        List<TrainingData.Example> rows = examples.take(cursor, config.examplesPerStep());
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += config.batch()) {
            batches.add(new Batch(rows.subList(from, from + config.batch()), config.rows()));
        }
        return batches;
    }

    private NDArray clipped(GradientStep.Result result) {
        double clip = config.optimizer().clip();
        return clip > 0 && result.norm() > clip ? result.gradient().muli(clip / result.norm()) : result.gradient();
    }

    private String remedy() {
        List<Path> written = checkpoints == null ? List.of() : checkpoints.newestFirst();
        return written.isEmpty()
                ? "No checkpoint was written before."
                : "The last checkpoint is " + written.get(0) + ".";
    }

    private TrainingReport report(State state) {
        int kept = step;
        if (state == State.COMPLETED && best != null) {
            parameters.set(best);
            kept = history.best().step();
        }
        long trained = parameters.size();
        return new TrainingReport(
                state,
                step,
                history.losses(),
                history.validations(),
                step < config.steps() && state == State.COMPLETED,
                kept,
                trained,
                job.base().parameterCount() + job.adapter().addedCount(),
                pace.tokensPerSecond());
    }

    @Override
    public void close() {
        owner.close();
    }
}
