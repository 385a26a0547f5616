package org.statecraft.peft.stateoffset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;

/**
 * Where full offsets are trained when only so many bytes of them may be. A unit is a head; in Mamba-1 it is a channel, which
 * there has what a head has in Mamba-2: a step size and decays of its own.
 *
 * <p>The score of a unit is the squared norm of the loss's gradient with respect to its part of a full offset {@code H' = 0}:
 * by as much, to first order, does the loss fall for a step along that part alone. Units are taken by score for each byte until the
 * budget is spent; a unit that the loss does not depend on is never taken.
 *
 * @param units ascending, by layer; layers without one are absent
 */
public record Placement(SortedMap<Integer, List<Integer>> units) {

    private record Unit(int layer, int index, double score, long bytes) {
        double worth() {
            return score / bytes;
        }
    }

    /** Units of a stored adapter are ascending and exist in the model. */
    void requireFits(LanguageModel model, Path configFile) {
        units.forEach((layer, chosen) -> {
            LayerShape shape =
                    layer < model.layers().size() ? model.layers().get(layer).shape() : null;
            long count = shape == null ? 0 : shape instanceof Mamba1Shape ? shape.dInner() : shape.heads();
            int before = -1;
            for (int unit : chosen) {
                if (unit <= before || unit >= count) {
                    throw new InputException(configFile + ": covered places an offset at " + unit + " of layer " + layer
                            + "; expected ascending numbers below " + count + ". Is it an adapter of this model?");
                }
                before = unit;
            }
        });
    }

    /**
     * The best units within a budget.
     *
     * @param gradient of the loss, by the keys of an untrained offset of the form full for this model
     * @throws InputException when not even one unit fits, or the loss depends on none
     */
    public static Placement choose(LanguageModel model, Map<String, NDArray> gradient, long budgetBytes) {
        List<Unit> units = new ArrayList<>();
        for (int layer = 0; layer < model.layers().size(); layer++) {
            LayerShape shape = model.layers().get(layer).shape();
            NDArray of =
                    gradient.get(StateOffsetLayer.placedSpec(shape, layer, 1).key());
            if (of != null) {
                units.addAll(units(layer, bytes(shape), of));
            }
        }
        units.sort(Comparator.comparingDouble(Unit::worth)
                .reversed()
                .thenComparing(Unit::layer)
                .thenComparing(Unit::index));
        SortedMap<Integer, List<Integer>> chosen = new TreeMap<>();
        long left = budgetBytes;
        for (Unit unit : units) {
            if (unit.score > 0 && unit.bytes <= left) {
                left -= unit.bytes;
                chosen.computeIfAbsent(unit.layer, none -> new ArrayList<>()).add(unit.index);
            }
        }
        if (chosen.isEmpty()) {
            throw new InputException("a budget of " + budgetBytes + " bytes places no offset: one "
                    + (model.layers().get(0).shape() instanceof Mamba1Shape ? "channel" : "head") + " takes "
                    + units.stream().mapToLong(Unit::bytes).min().orElse(0)
                    + " bytes; raise budget-bytes, or check that the probe batches have labels that count");
        }
        chosen.values().forEach(indices -> indices.sort(null));
        return new Placement(chosen);
    }

    /** Bytes of the offset of one unit, float32. */
    private static long bytes(LayerShape shape) {
        return Float.BYTES * shape.state() * (shape instanceof Mamba1Shape ? 1 : shape.headDim());
    }

    private static List<Unit> units(int layer, long bytes, NDArray gradient) {
        try (NDManager scope = gradient.getManager().newSubManager()) {
            NDArray rows = gradient.reshape(gradient.getShape().get(0), -1);
            rows.attach(scope);
            float[] scores = rows.square().sum(new int[] {1}).toFloatArray();
            List<Unit> units = new ArrayList<>();
            for (int i = 0; i < scores.length; i++) {
                units.add(new Unit(layer, i, scores[i], bytes));
            }
            return units;
        }
    }
}
