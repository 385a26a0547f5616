package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.statecraft.model.Distillation;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.files.Hashes;
import org.statecraft.workbench.recipe.DistillSpec;
import org.statecraft.workbench.recipe.ResolvedRecipe;

/**
 * The teacher of a tune step.
 *
 * @param fingerprint changes when the teacher changes
 * @param own whether the model was loaded for the step, which then closes it
 */
record Teacher(LanguageModel model, String fingerprint, boolean own) implements AutoCloseable {

    /**
     * Loads the teacher in float32, whatever the student is stored as, or takes the model as it stands.
     *
     * @throws org.statecraft.model.InputException if the tokenizer of the teacher has other tokens
     */
    static Teacher of(DistillSpec spec, Workspace workspace) {
        if (spec.teacher() == null) {
            return new Teacher(workspace.model(), "the model before the step", false);
        }
        ResolvedRecipe resolved = workspace.resolved();
        Path folder = resolved.modelFolder(spec.teacher());
        LanguageModel model = workspace.loadOther(folder);
        Map<String, String> hashes = new TreeMap<>();
        ModelFiles.of(spec.teacher(), folder).forEach((given, file) -> hashes.put(given, Hashes.sha256(file)));
        return new Teacher(model, spec.teacher() + ", sha256 " + Hashes.sha256(hashes.toString()), true);
    }

    Distillation distillation(DistillSpec spec) {
        return new Distillation(model, spec.weight(), spec.temperature());
    }

    @Override
    public void close() {
        if (own) {
            model.close();
        }
    }
}
