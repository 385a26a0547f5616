package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TunableAdapter;

/**
 * Checks before hours are spent: the two silent failures of adapters are parameters that reach no layer and parameters that get
 * no gradient.
 */
final class Guards {
    /** Of the largest logit: far above rounding, far below what a wrong start does. */
    private static final double UNCHANGED = 1e-4;

    private Guards() {}

    /**
     * Every intended layer exists and has parameters.
     *
     * @return lines that say what is trained where: a sentence, then a row for all tensors of one name and shape
     */
    static List<String> coverage(LanguageModel model, TunableAdapter adapter) {
        Set<Integer> trained = new TreeSet<>();
        adapter.parameters().keySet().forEach(key -> trained.add(PeftKeys.layer(key)));
        List<Integer> bare = adapter.layers().stream()
                .filter(layer ->
                        !trained.contains(layer) || layer >= model.layers().size())
                .toList();
        if (!bare.isEmpty() || adapter.parameterCount() == 0) {
            throw new TrainingException("the adapter of type " + adapter.type() + " trains nothing in layers " + bare
                    + " of a model with " + model.layers().size() + " layers; it was meant to train all of "
                    + adapter.layers());
        }
        List<String> lines = new ArrayList<>();
        long count = adapter.parameterCount();
        long total = model.parameterCount() + adapter.addedCount();
        lines.add("the adapter trains %,d of %,d parameters (%.3f %%)".formatted(count, total, 100.0 * count / total));
        lines.addAll(Coverage.rows(adapter));
        return lines;
    }

    /** An untrained adapter leaves the logits of the first example as they are. */
    static void changesNothing(LanguageModel base, LanguageModel adapted, int[] ids) {
        try (NDManager scope = base.newScope()) {
            long[] row = Arrays.stream(ids).asLongStream().toArray();
            NDArray input = scope.create(row, new Shape(1, row.length));
            NDArray plain = base.logits(base.forward(input).hidden());
            NDArray changed = adapted.logits(adapted.forward(input).hidden());
            float difference = changed.sub(plain).abs().max().getFloat();
            float allowed = (float) UNCHANGED * plain.abs().max().getFloat();
            // written so that NaN fails
            if (!(difference <= allowed)) {
                throw new TrainingException(
                        "the untrained adapter changes the logits by up to " + difference + " (allowed "
                                + allowed
                                + "); its initial values are wrong, so training would not start from the model itself. "
                                + "To train an adapter further, load it from its folder");
            }
        }
    }

    /** What is trained is no weight of the teacher, which would follow its student. */
    static void teacherStays(LanguageModel teacher, TunableAdapter adapter) {
        teacher.parameters().forEach((name, weight) -> {
            // the same array, not an equal one
            if (weight.format() == MatrixFormat.FLOAT32
                    && adapter.parameters().values().stream().anyMatch(trained -> trained == weight.base())) {
                throw new TrainingException("the adapter of type " + adapter.type() + " trains " + name
                        + ", a weight of the teacher itself, which would change with it; "
                        + "load the teacher from its folder a second time");
            }
        });
    }

    /** Before the first update every parameter that can move has a gradient, and all gradients are finite. */
    static void gradientsFlow(TunableAdapter adapter, ParameterVector parameters, GradientStep.Result first) {
        List<String> still = new ArrayList<>();
        parameters.parts(first.gradient()).forEach((key, part) -> {
            if (adapter.movedFirst().contains(key) && part.abs().max().getFloat() == 0) {
                still.add(key);
            }
        });
        if (!still.isEmpty()) {
            throw new TrainingException("no gradient reaches " + still.size() + " of "
                    + parameters.parameters().size()
                    + " trained tensors: " + String.join(", ", still.subList(0, Math.min(5, still.size())))
                    + (still.size() > 5 ? ", ..." : "")
                    + ". The model does not use them, or every label is masked");
        }
    }

    /** Loss and gradient of an update are numbers. */
    static void finite(int step, ParameterVector parameters, GradientStep.Result result, double rate, String remedy) {
        if (Double.isFinite(result.loss()) && Double.isFinite(result.norm())) {
            return;
        }
        String where = parameters.parts(result.gradient()).entrySet().stream()
                .filter(part -> !Float.isFinite(part.getValue().abs().max().getFloat()))
                .map(Map.Entry::getKey)
                .findFirst()
                .map(key -> " The first gradient that is not finite: " + key + ".")
                .orElse("");
        throw new DivergedException("step " + step + ": the loss is " + result.loss() + " and the gradient norm "
                + result.norm() + "." + where + " Lower the learning rate (here " + rate
                + "), clip the gradient or add warm-up steps. " + remedy);
    }
}
