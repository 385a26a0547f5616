package org.statecraft.workbench.execute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.MergedModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.files.ModelCompanions;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.model.fresh.FreshFolder;
import org.statecraft.model.fresh.WordVocabulary;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.full.Full;
import org.statecraft.peft.full.FullConfig;
import org.statecraft.peft.train.ExampleFiles;
import org.statecraft.peft.train.Trainer;
import org.statecraft.peft.train.TrainingReport;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.recipe.TrainStep;

/**
 * Makes a model, trains all of its parameters, publishes it and goes on with it.
 *
 * <p>The model before training is stored beside the checkpoints, where the training, begun or resumed, loads it from. It trains
 * in float32; the steps behind it have the weights that the recipe asks for.
 */
record TrainRunner(TrainStep step) implements StepRunner {

    @Override
    public String label(Workspace workspace) {
        return step.model().summary() + " on " + step.data().summary();
    }

    @Override
    public Map<String, Path> inputs(ResolvedRecipe resolved) {
        Map<String, Path> files = new LinkedHashMap<>(new TuneData(step.data(), resolved).inputs());
        if (step.tokenizer() != null) {
            Path folder = resolved.modelFolder(step.tokenizer());
            ModelFiles.of(step.tokenizer(), folder).forEach((given, file) -> {
                if (ofTokenizer(file.getFileName().toString())) {
                    files.put(given, file);
                }
            });
        }
        return files;
    }

    private static boolean ofTokenizer(String name) {
        return name.startsWith("tokenizer") || name.equals("special_tokens_map.json");
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        Path folder = artifact(index, workspace);
        // a process that died between publishing and saying so leaves the folder; it holds the same bytes
        if (!PublishedFolder.isValid(folder)) {
            train(index, folder, workspace);
        }
        workspace.replace("train", folder, name(folder, workspace));
        long parameters = workspace.model().parameterCount();
        return new Cost(parameters, parameters);
    }

    @Override
    public void restore(int index, Workspace workspace) {
        Path folder = artifact(index, workspace);
        PublishedFolder.verify(folder);
        workspace.replace("train", folder, name(folder, workspace));
    }

    private void train(int index, Path target, Workspace workspace) {
        ResolvedRecipe resolved = workspace.resolved();
        long seed = resolved.recipe().seed();
        Path untrained = untrained(index, workspace);
        try (Tokenizer tokenizer = Tokenizer.load(untrained);
                LanguageModel model =
                        LanguageModel.load(untrained, workspace.device(), workspace.kernel(), MatrixFormat.FLOAT32);
                TunableAdapter parameters = Full.create(model, FullConfig.ALL)) {
            ExampleFiles.Sets data = new TuneData(step.data(), resolved).load(tokenizer, workspace::note);
            Path checkpoints = checkpoints(index, "train", workspace);
            Trainer trainer = new Trainer(model, parameters, data.training(), TrainingSettings.of(step, seed))
                    .checkpointTo(checkpoints)
                    .listen(new TrainingEvents(workspace))
                    .cancelWhen(workspace.stop());
            if (data.validation() != null) {
                trainer.validateOn(data.validation());
            }
            TrainingReport report = Files.isDirectory(checkpoints) ? trainer.resume() : trainer.train();
            if (report.state() == TrainingReport.State.CANCELLED) {
                throw new Cancelled();
            }
            MergedModel.write(
                    model.with(parameters),
                    untrained,
                    target,
                    temporary -> Files.writeString(temporary.resolve("recipe.yaml"), resolved.toYaml()));
        }
    }

    /** The folder of the model before training; the seed makes it the same whenever it is written. */
    private Path untrained(int index, Workspace workspace) {
        Path folder = checkpoints(index, "untrained", workspace);
        if (!PublishedFolder.isValid(folder)) {
            PublishedFolder.remove(folder);
            PublishedFolder.publish(folder, temporary -> write(temporary, workspace.resolved()));
        }
        return folder;
    }

    private void write(Path folder, ResolvedRecipe resolved) throws IOException {
        long seed = resolved.recipe().seed();
        if (step.data().probe() != null) {
            WordVocabulary words =
                    new WordVocabulary(step.data().probe().probe().alphabet());
            words.write(folder);
            FreshFolder.write(step.model().fresh(words.size()), seed, words.endOfText(), folder);
            return;
        }
        Path source = resolved.modelFolder(step.tokenizer());
        for (String name : ModelCompanions.of(source)) {
            if (ofTokenizer(name)) {
                Files.copy(source.resolve(name), folder.resolve(name));
            }
        }
        try (Tokenizer tokenizer = Tokenizer.load(source)) {
            FreshFolder.write(step.model().fresh(tokenizer.size()), seed, tokenizer.endOfText(), folder);
        }
    }

    private static Path checkpoints(int index, String phase, Workspace workspace) {
        return workspace.directory().checkpoints().resolve("%02d-%s".formatted(index, phase));
    }

    private static Path artifact(int index, Workspace workspace) {
        return workspace.directory().artifacts().resolve("%02d-model".formatted(index));
    }

    private static String name(Path folder, Workspace workspace) {
        return workspace.directory().path().relativize(folder).toString();
    }
}
