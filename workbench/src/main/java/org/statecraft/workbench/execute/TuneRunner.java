package org.statecraft.workbench.execute;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.train.ExampleFiles;
import org.statecraft.peft.train.GradientProbe;
import org.statecraft.peft.train.Trainer;
import org.statecraft.peft.train.TrainingData;
import org.statecraft.peft.train.TrainingReport;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.recipe.TuneStep;

/** Trains an adapter on the current model, publishes it and puts it into the model. */
record TuneRunner(TuneStep step) implements StepRunner {

    @Override
    public String label(Workspace workspace) {
        return step.method().summary() + " on " + step.data().summary();
    }

    @Override
    public Map<String, Path> inputs(ResolvedRecipe resolved) {
        Map<String, Path> files = new LinkedHashMap<>(new TuneData(step.data(), resolved).inputs());
        if (step.distill() != null && step.distill().teacher() != null) {
            String teacher = step.distill().teacher();
            files.putAll(ModelFiles.of(teacher, resolved.modelFolder(teacher)));
        }
        return files;
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        LanguageModel model = workspace.model();
        long seed = workspace.resolved().recipe().seed();
        ExampleFiles.Sets data =
                new TuneData(step.data(), workspace.resolved()).load(workspace.tokenizer(), workspace::note);
        TrainingEvents teller = new TrainingEvents(workspace);
        TunableAdapter adapter = new WarmUp(model, data.training(), teller, workspace.stop())
                .run(
                        step.method(),
                        new MethodFactory(workspace.tokenizer(), seed, offsets(data.training(), workspace, seed)),
                        TrainingSettings.of(step, seed),
                        checkpoints(index, "warm-up", workspace))
                .create(step.method(), model);
        Path checkpoints = checkpoints(index, "tune", workspace);
        Trainer trainer = new Trainer(model, adapter, data.training(), TrainingSettings.of(step, seed))
                .checkpointTo(checkpoints)
                .listen(teller)
                .cancelWhen(workspace.stop());
        if (data.validation() != null) {
            trainer.validateOn(data.validation());
        }
        TrainingReport report = train(trainer, Files.isDirectory(checkpoints), workspace);
        if (report.state() == TrainingReport.State.CANCELLED) {
            throw new Cancelled();
        }
        publish(adapter, index, workspace);
        workspace.change("tune", model.with(adapter), artifact(index, workspace));
        return new Cost(report.trainableParameters(), report.totalParameters());
    }

    /** Each phase has a folder of its own. */
    private static Path checkpoints(int index, String phase, Workspace workspace) {
        return workspace.directory().checkpoints().resolve(name(index, phase));
    }

    @Override
    public void restore(int index, Workspace workspace) {
        LanguageModel model = workspace.model();
        Path folder = artifact(index, workspace);
        workspace.change("tune", model.with(AdapterFiles.load(folder, model)), folder);
    }

    private OffsetFactory offsets(TrainingData data, Workspace workspace, long seed) {
        return new OffsetFactory(
                batches -> new GradientProbe(data, step.optimizer().batch(), batches, seed),
                workspace.stop(),
                workspace::note);
    }

    private TrainingReport train(Trainer trainer, boolean begun, Workspace workspace) {
        if (step.distill() == null) {
            return begun ? trainer.resume() : trainer.train();
        }
        try (Teacher teacher = Teacher.of(step.distill(), workspace)) {
            trainer.distill(teacher.distillation(step.distill()), teacher.fingerprint());
            return begun ? trainer.resume() : trainer.train();
        }
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
}
