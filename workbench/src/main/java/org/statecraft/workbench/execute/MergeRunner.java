package org.statecraft.workbench.execute;

import java.nio.file.Files;
import java.nio.file.Path;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MergedModel;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.files.AdapterMerge;
import org.statecraft.workbench.recipe.MergeStep;

/** Publishes the current model without its adapters, loads it from there and goes on with it. */
record MergeRunner(MergeStep step) implements StepRunner {

    @Override
    public String label(Workspace workspace) {
        return "the model " + workspace.condition();
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        Path folder = artifact(index, workspace);
        LanguageModel model = workspace.model();
        AdapterMerge.requireMergeable(model);
        // a process that died between publishing and saying so leaves the folder; it holds the same bytes
        if (!PublishedFolder.isValid(folder)) {
            MergedModel.Result merged = MergedModel.write(
                    model,
                    workspace.modelFolder(),
                    folder,
                    temporary -> Files.writeString(
                            temporary.resolve("recipe.yaml"),
                            workspace.resolved().toYaml()));
            workspace.note("merged into " + name(folder, workspace) + "; loaded again, its logits differ by "
                    + "%.1e of the largest one".formatted(merged.difference()));
        }
        workspace.replace("merge", folder, name(folder, workspace));
        return new Cost(null, workspace.model().parameterCount());
    }

    @Override
    public void restore(int index, Workspace workspace) {
        Path folder = artifact(index, workspace);
        PublishedFolder.verify(folder);
        workspace.replace("merge", folder, name(folder, workspace));
    }

    private static Path artifact(int index, Workspace workspace) {
        return workspace.directory().artifacts().resolve("%02d-model".formatted(index));
    }

    private static String name(Path folder, Workspace workspace) {
        return workspace.directory().path().relativize(folder).toString();
    }
}
