package org.statecraft.peft.sparse;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.model.WeightChange;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * Trained entries of one parameter.
 *
 * @param parameter its name behind {@code mixer.}
 * @param positions row-major in the parameter
 */
record Entries(int layer, String parameter, long[] positions) {

    /** Every entry that the method may train in a warm-up. */
    static List<Entries> candidates(int layer, Layer model) {
        LayerShape s = model.shape();
        if (s instanceof Mamba1Shape) {
            return List.of(new Entries(layer, "A_log", range(0, s.dInner() * s.state())));
        }
        long from = 2 * s.dInner() * s.dModel();
        long rows = 2 * s.groups() * s.state();
        return List.of(
                new Entries(layer, "A_log", range(0, s.heads())),
                new Entries(layer, "in_proj.weight", range(from, from + rows * s.dModel())));
    }

    /** {@code A_log} at what was kept, and B and C: Mamba-1 their columns of the kept channels, Mamba-2 the rows of the kept states. */
    static List<Entries> kept(Selection.Kept kept, LayerShape s) {
        return s instanceof Mamba1Shape mamba1 ? mamba1(kept, mamba1) : mamba2(kept, s);
    }

    private static List<Entries> mamba1(Selection.Kept kept, Mamba1Shape s) {
        LongStream.Builder decays = LongStream.builder();
        for (int i = 0; i < kept.channels().size(); i++) {
            long row = kept.channels().get(i) * s.state();
            kept.states().get(i).forEach(n -> decays.add(row + n));
        }
        LongStream.Builder projections = LongStream.builder();
        for (long row = s.dtRank(); row < s.selectionRows(); row++) {
            long from = row * s.dInner();
            kept.channels().forEach(channel -> projections.add(from + channel));
        }
        return List.of(
                new Entries(kept.layer(), "A_log", decays.build().toArray()),
                new Entries(kept.layer(), "x_proj.weight", projections.build().toArray()));
    }

    private static List<Entries> mamba2(Selection.Kept kept, LayerShape s) {
        LongStream rows = LongStream.empty();
        for (long part = 0; part < 2; part++) {
            for (int g = 0; g < s.groups(); g++) {
                long from = 2 * s.dInner() + (part * s.groups() + g) * s.state();
                for (int n : kept.states().get(g)) {
                    rows = LongStream.concat(rows, LongStream.of(from + n));
                }
            }
        }
        long[] entries = rows.flatMap(row -> LongStream.range(row * s.dModel(), (row + 1) * s.dModel()))
                .toArray();
        return List.of(
                new Entries(
                        kept.layer(),
                        "A_log",
                        kept.channels().stream().mapToLong(h -> h).toArray()),
                new Entries(kept.layer(), "in_proj.weight", entries));
    }

    private static long[] range(long from, long to) {
        return LongStream.range(from, to).toArray();
    }

    private String key(String what) {
        return PeftKeys.mixer(layer, parameter.replaceFirst("\\.weight$", "") + "." + what);
    }

    /** The trained values, flat and from 0. */
    TensorSpec spec(String what) {
        return new TensorSpec(key(what), new Shape(positions.length), List.of(Axis.MIXED), Initial.zeros());
    }

    /** The values of these entries. */
    NDArray values(Tensors tensors, String what) {
        return tensors.get(key(what));
    }

    /** The changes by full names of parameters; positions live as long as the tensors. */
    static Map<String, WeightChange> changes(Tensors tensors, List<Entries> all, String what) {
        Map<String, WeightChange> changes = new LinkedHashMap<>();
        for (Entries entries : all) {
            NDArray values = entries.values(tensors, what);
            changes.put(
                    "backbone.layers." + entries.layer + ".mixer." + entries.parameter,
                    new WeightChange.SparseEntries(inNativeMemory(values.getManager(), entries.positions), values));
        }
        return changes;
    }

    /** The backward pass reads it: see {@link org.statecraft.model.Constants}. */
    private static NDArray inNativeMemory(NDManager owner, long[] positions) {
        try (NDArray wrapped = owner.create(positions)) {
            return wrapped.duplicate();
        }
    }
}
