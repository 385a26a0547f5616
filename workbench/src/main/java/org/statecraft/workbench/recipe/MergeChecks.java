package org.statecraft.workbench.recipe;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.MatrixFormat;

/** Mistakes that show between steps: what cannot be trained in rounded weights, and what cannot be merged. */
record MergeChecks(Findings findings) {

    /** What contradicts itself between steps; looked at once every step is sound, as a missing one would shift the others. */
    void check(Recipe recipe) {
        if (!findings.isEmpty()) {
            return;
        }
        String weights = "weights: " + recipe.weights();
        boolean rounded = recipe.weights() != MatrixFormat.FLOAT32;
        List<MethodSpec> unmerged = new ArrayList<>();
        for (int i = 0; i < recipe.steps().size(); i++) {
            Step step = recipe.steps().get(i);
            String path = "steps[" + i + "]." + step.verb();
            if (step instanceof TuneStep tune) {
                unmerged.add(tune.method());
                if (rounded && tune.method().trainsParameters()) {
                    findings.reportAt(path + ".method", "the method full with " + weights, "weights: float32", null);
                }
            } else if (step instanceof MergeStep) {
                if (rounded) {
                    findings.reportAt(path, "a merge with " + weights, "weights: float32", null);
                }
                checkMerge(unmerged, path);
                unmerged.clear();
            }
        }
    }

    private void checkMerge(List<MethodSpec> methods, String path) {
        if (methods.isEmpty()) {
            findings.reportAt(path, "a merge with nothing tuned before it", "a tune step before it", null);
        }
        methods.stream().filter(method -> !method.mergeable()).findFirst().ifPresent(method -> {
            String found = "a merge after " + method.summary() + ", which no weight of the model can hold";
            findings.reportAt(path, found, "methods that live in the weights, in all layers", null);
        });
    }
}
