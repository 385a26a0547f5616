package org.statecraft.peft.slicing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.statecraft.model.Constants;
import org.statecraft.peft.Axis;
import org.statecraft.peft.slicing.KeptEntries.Entry;

/**
 * One tensor of an adapter as a sliced layer has it.
 *
 * @param axes what its axes run along
 * @param covered entries of the first axis that it covers, or null for all
 */
record SlicedTensor(KeptEntries kept, NDArray tensor, List<Axis> axes, List<Integer> covered) {

    /** The covered entries by their new indices; empty where none remains. */
    List<Integer> stillCovered() {
        List<Entry> all = first();
        List<Integer> still = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (covered.contains(all.get(i).index())) {
                still.add(i);
            }
        }
        return still;
    }

    /** The first axis of a tensor that covers some of its entries is longer than the tensor is. */
    private List<Entry> first() {
        return kept.along(axes.get(0), covered == null ? tensor.getShape().get(0) : -1);
    }

    /** The remaining entries, in a new array of {@code owner}. */
    NDArray values(NDManager owner) {
        float[] old = tensor.toFloatArray();
        List<Float> picked = new ArrayList<>();
        collect(0, 0, -1, position -> picked.add(old[(int) position]));
        float[] values = new float[picked.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = picked.get(i);
        }
        return Constants.array(owner, values, shape(values.length));
    }

    private Shape shape(long size) {
        long[] lengths = new long[axes.size()];
        Entry at = new Entry(0, -1);
        for (int axis = 0; axis < lengths.length; axis++) {
            List<Entry> entries = remaining(axis, at.head());
            lengths[axis] = entries.size();
            at = entries.get(0).head() < 0 ? at : entries.get(0);
        }
        Shape shape = new Shape(lengths);
        if (shape.size() != size) {
            throw new IllegalStateException(size + " values for the shape " + shape);
        }
        return shape;
    }

    private List<Entry> remaining(int axis, int head) {
        if (axis == 0 && covered != null) {
            return first().stream()
                    .filter(entry -> covered.contains(entry.index()))
                    .map(entry -> new Entry(covered.indexOf(entry.index()), entry.head()))
                    .toList();
        }
        return kept.along(axes.get(axis), tensor.getShape().get(axis), head);
    }

    private void collect(int axis, long offset, int head, LongConsumer positions) {
        if (axis == axes.size()) {
            positions.accept(offset);
            return;
        }
        for (Entry entry : remaining(axis, head)) {
            long at = offset * tensor.getShape().get(axis) + entry.index();
            collect(axis + 1, at, entry.head() < 0 ? head : entry.head(), positions);
        }
    }
}
