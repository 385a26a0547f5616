package org.statecraft.workbench.recipe;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.model.MatrixFormat;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.bitfit.BitFitConfig;

/** Mistakes in methods that live in the weights, and in merging them. */
record WeightChecks(Findings findings) {

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

    /** What is wrong with one method. */
    void check(MethodSpec method, String path) {
        if (method instanceof BitFitSpec spec) {
            checkLayers(spec.layers(), path);
            checkBiases(spec, path);
        } else if (method instanceof FullSpec spec) {
            checkLayers(spec.layers(), path);
        } else if (method instanceof AdditionalScanSpec spec) {
            checkLayers(spec.layers(), path);
        } else if (method instanceof SparseSpec spec) {
            checkLayers(spec.layers(), path);
        } else if (method instanceof TogetherSpec spec) {
            checkParts(spec, path);
        }
    }

    private void checkLayers(String layers, String path) {
        String key = Findings.child(path, "layers");
        if (!findings.sound(key)) {
            return;
        }
        try {
            new LayerRange(layers);
        } catch (InputException e) {
            String expected = "all, or numbers and ascending ranges, as in 0-3,6";
            findings.reportAt(key, "found '" + layers + "'", expected, null);
        }
    }

    private void checkBiases(BitFitSpec spec, String path) {
        for (int i = 0; i < spec.targets().size(); i++) {
            String key = Findings.child(path, "targets[" + i + "]");
            if (findings.sound(key) && !BitFitConfig.isBias(spec.targets().get(i))) {
                String expected = "the name of a bias, as conv1d.bias, dt_proj.bias or dt_bias";
                findings.reportAt(key, "found '" + spec.targets().get(i) + "'", expected, null);
            }
        }
    }

    private void checkParts(TogetherSpec spec, String path) {
        long sparse =
                spec.methods().stream().filter(SparseSpec.class::isInstance).count();
        if (sparse > 1) {
            String key = Findings.child(path, "methods");
            findings.reportAt(key, "the method sparse " + sparse + " times", "it once, with more kept", null);
        }
    }
}
