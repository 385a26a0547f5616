package org.statecraft.workbench.execute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.sparse.Selection;
import org.statecraft.peft.sparse.SparseWarmup;
import org.statecraft.peft.train.OptimizerConfig;
import org.statecraft.peft.train.TextWindows;
import org.statecraft.peft.train.Trainer;
import org.statecraft.peft.train.TrainingConfig;
import org.statecraft.peft.train.TrainingListener;
import org.statecraft.peft.train.TrainingReport;
import org.statecraft.workbench.recipe.MethodSpec;
import org.statecraft.workbench.recipe.OptimizerSpec;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.recipe.SparseSpec;
import org.statecraft.workbench.recipe.TogetherSpec;
import org.statecraft.workbench.recipe.TuneStep;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;

/** Trains an adapter on the current model, publishes it and puts it into the model. */
record TuneRunner(TuneStep step) implements StepRunner {
    /** Folder of the checkpoints of a first phase. */
    private static final String WARM_UP = "warm-up";

    @Override
    public String label(Workspace workspace) {
        return step.method().summary() + " on " + step.data().text();
    }

    @Override
    public Map<String, Path> inputs(ResolvedRecipe resolved) {
        return Stream.of(step.data().text(), step.data().validation())
                .filter(Objects::nonNull)
                .distinct()
                .collect(Collectors.toMap(given -> given, resolved::dataFile));
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        LanguageModel model = workspace.model();
        long seed = workspace.resolved().recipe().seed();
        MethodFactory factory = new MethodFactory(workspace.tokenizer(), seed);
        SparseSpec sparse = sparse(step.method());
        if (sparse != null) {
            factory = factory.with(warmUp(index, workspace, factory, sparse.warmupSteps()));
        }
        TunableAdapter adapter = factory.create(step.method(), model);
        Trainer trainer = trainer(index, "tune", workspace, adapter, config(seed));
        if (step.data().validation() != null) {
            trainer.validateOn(windows(workspace, step.data().validation()));
        }
        TrainingReport report = trained(index, "tune", workspace, trainer);
        publish(adapter, index, workspace);
        workspace.change("tune", model.with(adapter));
        return new Cost(report.trainableParameters(), report.totalParameters());
    }

    private Trainer trainer(
            int index, String phase, Workspace workspace, TunableAdapter adapter, TrainingConfig config) {
        return new Trainer(
                        workspace.model(),
                        adapter,
                        windows(workspace, step.data().text()),
                        config)
                .checkpointTo(checkpoints(index, phase, workspace))
                .listen(new Teller(workspace))
                .cancelWhen(workspace.stop());
    }

    private static Path checkpoints(int index, String phase, Workspace workspace) {
        return workspace.directory().checkpoints().resolve(name(index, phase));
    }

    /** Trains, or goes on where the last checkpoint of the phase stands; a finished phase ends at once with the same values. */
    private static TrainingReport trained(int index, String phase, Workspace workspace, Trainer trainer) {
        TrainingReport report =
                Files.isDirectory(checkpoints(index, phase, workspace)) ? trainer.resume() : trainer.train();
        if (report.state() == TrainingReport.State.CANCELLED) {
            throw new Cancelled();
        }
        return report;
    }

    /** The part of a method that needs a warm-up; null where none does. */
    private static SparseSpec sparse(MethodSpec method) {
        if (method instanceof TogetherSpec together) {
            return together.methods().stream()
                    .map(TuneRunner::sparse)
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
        return method instanceof SparseSpec spec ? spec : null;
    }

    /** Trains the method with all candidates for some updates, and throws away everything but which of them changed most. */
    private Selection warmUp(int index, Workspace workspace, MethodFactory factory, int steps) {
        workspace.note("warm-up: " + steps + " updates that find the entries to train");
        try (TunableAdapter adapter = factory.create(step.method(), workspace.model())) {
            TrainingConfig config = warmUpConfig(workspace.resolved().recipe().seed(), steps);
            trained(index, WARM_UP, workspace, trainer(index, WARM_UP, workspace, adapter, config));
            return SparseWarmup.in(adapter).selection();
        }
    }

    private TrainingConfig warmUpConfig(long seed, int steps) {
        OptimizerSpec o = step.optimizer();
        return new TrainingConfig(
                optimizer(0),
                steps,
                o.batch(),
                o.accumulate(),
                step.recompute(),
                0,
                step.checkpointEvery(),
                TrainingConfig.EarlyStopping.NEVER,
                TrainingConfig.Keep.LAST,
                seed);
    }

    private OptimizerConfig optimizer(int warmup) {
        OptimizerSpec o = step.optimizer();
        return new OptimizerConfig(
                o.learningRate(), o.schedule(), warmup, o.weightDecay(), o.beta1(), o.beta2(), o.epsilon(), o.clip());
    }

    @Override
    public void restore(int index, Workspace workspace) {
        LanguageModel model = workspace.model();
        workspace.change("tune", model.with(AdapterFiles.load(artifact(index, workspace), model)));
    }

    private TextWindows windows(Workspace workspace, String file) {
        Path path = workspace.resolved().dataFile(file);
        try {
            int[] tokens = workspace.tokenizer().encode(Files.readString(path));
            return new TextWindows(path.toString(), tokens, step.data().length());
        } catch (IOException e) {
            throw IoFailures.reading(path, e);
        }
    }

    private TrainingConfig config(long seed) {
        OptimizerSpec o = step.optimizer();
        TuneStep.EarlyStopping early = step.earlyStopping();
        return new TrainingConfig(
                optimizer(o.warmup()),
                o.steps(),
                o.batch(),
                o.accumulate(),
                step.recompute(),
                step.evaluateEvery() == null ? 0 : step.evaluateEvery(),
                step.checkpointEvery(),
                early == null
                        ? TrainingConfig.EarlyStopping.NEVER
                        : new TrainingConfig.EarlyStopping(early.patience(), early.minDelta()),
                step.keep(),
                seed);
    }

    /** A process that died between publishing and saying so leaves the folder; it holds the same bytes. */
    private static void publish(TunableAdapter adapter, int index, Workspace workspace) {
        Path folder = artifact(index, workspace);
        if (!PublishedFolder.isValid(folder)) {
            ResolvedRecipe resolved = workspace.resolved();
            AdapterFiles.save(
                    adapter,
                    workspace.modelName(),
                    folder,
                    temporary -> Files.writeString(temporary.resolve("recipe.yaml"), resolved.toYaml()));
        }
    }

    private static Path artifact(int index, Workspace workspace) {
        return workspace.directory().artifacts().resolve(name(index, "adapter"));
    }

    private static String name(int index, String what) {
        return "%02d-%s".formatted(index, what);
    }

    /** Turns what the trainer says into events. */
    private record Teller(Workspace workspace) implements TrainingListener {
        private EventLog events() {
            return workspace.events();
        }

        @Override
        public void progress(Progress p) {
            events().append(new Event.TrainProgress(
                    events().now(),
                    p.step(),
                    p.steps(),
                    p.loss(),
                    p.learningRate(),
                    p.tokensPerSecond(),
                    p.secondsLeft(),
                    p.gradientNorm()));
        }

        @Override
        public void validated(int step, double loss) {
            events().append(new Event.ValidationScored(events().now(), step, loss));
        }

        @Override
        public void checkpointWritten(int step, Path folder) {
            String path = workspace.directory().path().relativize(folder).toString();
            events().append(new Event.CheckpointWritten(events().now(), step, path));
        }

        @Override
        public void note(String text) {
            workspace.note(text);
        }
    }
}
