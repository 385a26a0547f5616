package org.statecraft.peft.additionalscan;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.model.WeightChange;
import org.statecraft.model.WeightChange.Inserted.Block;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.model.mamba2.Mamba2Layer;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TensorSpec;

/**
 * The rows and columns that m further columns of the state need in one layer. New rows stand behind the old ones of B and of C,
 * group by group.
 *
 * @param insertions all of the layer, in a fixed order
 */
record WiderLayer(int layer, List<Insertion> insertions) {

    /**
     * Entries that go into one parameter at one place.
     *
     * @param parameter its name behind {@code mixer.}
     * @param axis along which they are inserted
     * @param before the old entry behind them
     * @param first whether it has a gradient before the first update
     */
    record Insertion(String parameter, int axis, long before, TensorSpec spec, boolean first) {}

    /** The rest has an effect through its product with one of these only, which are 0 at first, and no gradient yet. */
    private static final Set<String> FIRST = Set.of("C", "C_conv_bias");

    static WiderLayer of(int index, Layer layer, long m) {
        return layer instanceof Mamba1Layer mamba1
                ? mamba1(index, mamba1.shape(), m, LastColumn.repeated(mamba1.ALog()))
                : mamba2(index, (Mamba2Layer) layer, m);
    }

    /**
     * One column of {@code A_log} and one row of B and C in {@code x_proj} for each new column of the state.
     *
     * @param ALog values of the new columns
     */
    static WiderLayer mamba1(int index, Mamba1Shape s, long m, Initial ALog) {
        Shape rows = new Shape(m, s.dInner());
        List<Axis> axes = List.of(Axis.OWN, Axis.INNER);
        long firstC = s.dtRank() + s.state();
        List<Insertion> all = new ArrayList<>();
        TensorSpec columns =
                new TensorSpec(key(index, "A_log"), new Shape(s.dInner(), m), List.of(Axis.INNER, Axis.OWN), ALog);
        all.add(new Insertion("A_log", 1, s.state(), columns, false));
        all.add(rows(index, "x_proj.weight", firstC, "B", rows, axes, Initial.kaimingUniform()));
        all.add(rows(index, "x_proj.weight", firstC + s.state(), "C", rows, axes, Initial.zeros()));
        return new WiderLayer(index, all);
    }

    /** Rows of B and C of each group in {@code in_proj}, and the channels of the convolution that they go through. */
    private static WiderLayer mamba2(int index, Mamba2Layer layer, long m) {
        LayerShape s = layer.shape();
        List<Insertion> all = new ArrayList<>();
        for (long group = 1; group <= s.groups(); group++) {
            String suffix = s.groups() == 1 ? "" : "." + (group - 1);
            long endOfB = s.dInner() + group * s.state();
            channels(all, index, layer, "B", suffix, endOfB, m);
            channels(all, index, layer, "C", suffix, endOfB + s.groups() * s.state(), m);
        }
        return new WiderLayer(index, all);
    }

    /** What m channels of the convolution need, before the channel {@code before}. */
    private static void channels(
            List<Insertion> all, int index, Mamba2Layer layer, String what, String suffix, long before, long m) {
        LayerShape s = layer.shape();
        // in_proj has z in front of what the convolution sees
        long row = s.dInner() + before;
        Initial values = what.equals("B") ? Initial.kaimingUniform() : Initial.zeros();
        List<Axis> vector = List.of(Axis.OWN);
        Shape m1 = new Shape(m);
        all.add(rows(
                index,
                "in_proj.weight",
                row,
                what + suffix,
                new Shape(m, s.dModel()),
                List.of(Axis.OWN, Axis.MODEL),
                values));
        if (layer.inProjBias() != null) {
            all.add(rows(index, "in_proj.bias", row, what + "_bias" + suffix, m1, vector, Initial.zeros()));
        }
        all.add(rows(
                index,
                "conv1d.weight",
                before,
                what + "_conv" + suffix,
                new Shape(m, 1, s.convKernel()),
                List.of(Axis.OWN, Axis.OWN, Axis.OWN),
                Initial.kaimingUniform()));
        if (layer.convBias() != null) {
            all.add(rows(index, "conv1d.bias", before, what + "_conv_bias" + suffix, m1, vector, Initial.zeros()));
        }
    }

    private static Insertion rows(
            int index, String parameter, long before, String what, Shape shape, List<Axis> axes, Initial initial) {
        TensorSpec spec = new TensorSpec(key(index, what), shape, axes, initial);
        return new Insertion(parameter, 0, before, spec, FIRST.contains(what.replaceFirst("\\.\\d+$", "")));
    }

    private static String key(int index, String what) {
        return PeftKeys.mixer(index, "additional_scan." + what);
    }

    /** One change for each parameter, by its full name, over the tensors of the insertions. */
    Map<String, WeightChange> changes(Function<String, NDArray> tensor) {
        Map<String, WeightChange> changes = new LinkedHashMap<>();
        insertions.stream().map(Insertion::parameter).distinct().forEach(parameter -> {
            List<Insertion> own = insertions.stream()
                    .filter(insertion -> insertion.parameter().equals(parameter))
                    .sorted(Comparator.comparingLong(Insertion::before))
                    .toList();
            List<Block> blocks = own.stream()
                    .map(insertion -> new Block(
                            insertion.before(), tensor.apply(insertion.spec().key())))
                    .toList();
            changes.put(
                    "backbone.layers." + layer + ".mixer." + parameter,
                    new WeightChange.Inserted(own.get(0).axis(), blocks));
        });
        return changes;
    }
}
