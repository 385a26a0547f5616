package org.statecraft.peft.full;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.peft.Initial;
import org.statecraft.peft.Target;

/** Some rows of a parameter, trained in place of the stored ones. */
final class Rows {
    private Rows() {}

    /** A copy of the rows that a target names. */
    static Initial copied(NDArray base, Target target) {
        return (owner, shape, random) -> {
            try (NDManager scope = owner.newSubManager()) {
                long from = target.whole() ? 0 : target.fromRow();
                NDArray copy = rows(scope, base, from, from + shape.get(0)).duplicate();
                copy.attach(owner);
                return copy;
            }
        };
    }

    /**
     * The parameter without these rows, and the trained ones inserted where they stood.
     *
     * @param trained the tensor of a slice
     * @throws InputException when the slices overlap or leave nothing
     */
    static Weight replaced(NDArray base, List<Target> slices, Function<Target, NDArray> trained) {
        List<Target> ordered = slices.stream()
                .sorted(Comparator.comparingLong(Target::fromRow))
                .toList();
        long all = base.getShape().get(0);
        NDManager owner = trained.apply(slices.get(0)).getManager();
        List<WeightChange.Inserted.Block> blocks = new ArrayList<>();
        try (NDManager scope = owner.newSubManager()) {
            NDList rest = new NDList();
            long from = 0;
            long left = 0;
            for (Target slice : ordered) {
                if (slice.fromRow() < from || slice.whole()) {
                    throw overlap(slices);
                }
                if (slice.fromRow() > from) {
                    rest.add(rows(scope, base, from, slice.fromRow()));
                }
                left += slice.fromRow() - from;
                blocks.add(new WeightChange.Inserted.Block(left, trained.apply(slice)));
                from = slice.fromRow() + slice.rows();
            }
            if (from < all) {
                rest.add(rows(scope, base, from, all));
            }
            if (rest.isEmpty()) {
                throw new InputException("full has the targets " + names(slices) + ", which are all of "
                        + slices.get(0).weight() + "; name that one instead");
            }
            NDArray kept = rest.size() == 1 ? rest.get(0).duplicate() : NDArrays.concat(rest);
            kept.attach(owner);
            return Weight.of(kept).with(new WeightChange.Inserted(0, blocks));
        }
    }

    private static InputException overlap(List<Target> slices) {
        return new InputException("full has the targets " + names(slices) + ", which overlap in "
                + slices.get(0).weight() + "; name each row once");
    }

    private static String names(List<Target> slices) {
        return slices.stream().map(Target::name).collect(Collectors.joining(", "));
    }

    private static NDArray rows(NDManager scope, NDArray base, long from, long to) {
        NDArray view = base.get(new NDIndex().addSliceDim(from, to));
        view.attach(scope);
        return view;
    }
}
