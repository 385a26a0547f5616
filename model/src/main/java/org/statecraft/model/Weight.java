package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A parameter as a value: the stored base and what adapters add to it, in order.
 *
 * <p>As a linear map ({@link #apply}) low-rank factors stay factored; everywhere else ({@link #value}) the changes are
 * summed into one array. Without changes both use the base itself. A base is a float32 array, or a matrix in another
 * {@link MatrixFormat}.
 */
public final class Weight {
    private final Stored stored;
    private final List<WeightChange> changes;

    private Weight(Stored stored, List<WeightChange> changes) {
        this.stored = stored;
        this.changes = List.copyOf(changes);
    }

    public static Weight of(NDArray base) {
        return new Weight(new Stored.Dense(base), List.of());
    }

    /**
     * The same matrix stored otherwise, with the same changes on top. A width that is no multiple of 32 cannot be stored as
     * integers and becomes bfloat16.
     *
     * @param owner manager of the new tensors
     * @param exact how many of the last rows stay float32
     */
    Weight storedAs(NDManager owner, MatrixFormat format, long exact) {
        return format == MatrixFormat.FLOAT32
                ? this
                : new Weight(StoredMatrix.of(owner, base(), format, exact), changes);
    }

    public Weight with(WeightChange change) {
        List<WeightChange> all = new ArrayList<>(changes);
        all.add(change);
        return new Weight(stored, all);
    }

    /**
     * The stored parameter. Whoever trains it changes it in place.
     *
     * @throws InputException if it is not stored in float32
     */
    public NDArray base() {
        if (stored instanceof Stored.Dense dense) {
            return dense.values();
        }
        throw new InputException("a matrix of shape " + stored.shape() + " is stored as " + format()
                + ", which can be neither trained nor stored anew; load the model with weights: float32");
    }

    /** How the base is stored. */
    public MatrixFormat format() {
        return stored instanceof StoredMatrix matrix ? matrix.format() : MatrixFormat.FLOAT32;
    }

    /** Number of stored values, without those of changes. */
    public long size() {
        return stored.shape().size();
    }

    /** Memory that the stored values take, without those of changes. */
    public long bytes() {
        return stored.bytes();
    }

    public List<WeightChange> changes() {
        return changes;
    }

    /** Shape of the value, inserted rows included. */
    public Shape shape() {
        long[] dimensions = stored.shape().getShape().clone();
        for (WeightChange change : changes) {
            if (change instanceof WeightChange.ExtraRows extra) {
                for (WeightChange.ExtraRows.Block block : extra.blocks()) {
                    dimensions[0] += block.rows().getShape().get(0);
                }
            }
        }
        return new Shape(dimensions);
    }

    /** True where no change stands on the stored parameter. */
    public boolean isPlain() {
        return changes.isEmpty();
    }

    /** As {@link #value}, but where there is no change on a float32 base the base itself, whatever manager it has. */
    public NDArray tensor(NDManager scope) {
        return changes.isEmpty() && stored instanceof Stored.Dense dense ? dense.values() : value(scope);
    }

    /** What a script needs to apply a plain weight as a linear map: the list that its {@code linear} takes. */
    public List<NDArray> tensors() {
        return stored.tensors();
    }

    /**
     * The parameter in float32 with every change summed in; a view of a float32 base where there is none. Attached to
     * {@code scope}.
     */
    public NDArray value(NDManager scope) {
        NDArray value = stored.value(scope);
        for (WeightChange change : changes) {
            value = changed(value, change);
            value.attach(scope);
        }
        return value;
    }

    /**
     * The linear map {@code x·Wᵀ}.
     *
     * @param x {@code [..., in]}
     * @return {@code [..., out]}, attached to the manager of {@code x}
     */
    public NDArray apply(NDArray x) {
        NDManager scope = x.getManager();
        int factored = changes.size();
        while (factored > 0
                && (changes.get(factored - 1) instanceof WeightChange.LowRank
                        || changes.get(factored - 1) instanceof WeightChange.Magnitude)) {
            factored--;
        }
        NDArray y = factored == 0
                ? stored.apply(x)
                : x.matMul(upTo(factored).value(scope).transpose());
        for (int i = factored; i < changes.size(); i++) {
            if (changes.get(i) instanceof WeightChange.LowRank low) {
                NDArray inner = x.matMul(in(scope, low.A()).transpose());
                y = y.add(inner.matMul(in(scope, low.B()).transpose()).mul(Constants.scalar(scope, low.scale())));
            } else if (changes.get(i) instanceof WeightChange.Magnitude magnitude) {
                y = y.mul(rowScale(upTo(i).value(scope), magnitude));
            }
        }
        return y;
    }

    private Weight upTo(int count) {
        return count == changes.size() ? this : new Weight(stored, changes.subList(0, count));
    }

    /** A view that belongs to {@code scope}, so that what is computed from it does too. */
    static NDArray in(NDManager scope, NDArray array) {
        NDArray view = array.reshape(array.getShape());
        view.attach(scope);
        return view;
    }

    private static NDArray changed(NDArray value, WeightChange change) {
        if (change instanceof WeightChange.LowRank low) {
            NDManager scope = value.getManager();
            return value.add(in(scope, low.B()).matMul(low.A()).mul(Constants.scalar(scope, low.scale())));
        } else if (change instanceof WeightChange.Magnitude magnitude) {
            return value.mul(rowScale(value, magnitude).expandDims(-1));
        } else if (change instanceof WeightChange.SparseEntries sparse) {
            NDArray flat = value.getManager().zeros(new Shape(value.size()));
            return value.add(
                    flat.scatter(sparse.positions(), sparse.values(), 0).reshape(value.getShape()));
        }
        return withRows(value, (WeightChange.ExtraRows) change);
    }

    private static NDArray rowScale(NDArray rows, WeightChange.Magnitude magnitude) {
        NDArray inverseNorm = rows.stopGradient().square().sum(new int[] {1}).pow(-0.5);
        return inverseNorm.mul(magnitude.magnitude());
    }

    private static NDArray withRows(NDArray value, WeightChange.ExtraRows extra) {
        NDList parts = new NDList();
        long from = 0;
        for (WeightChange.ExtraRows.Block block : extra.blocks()) {
            if (block.before() > from) {
                parts.add(value.get(new NDIndex().addSliceDim(from, block.before())));
            }
            parts.add(block.rows());
            from = block.before();
        }
        if (from < value.getShape().get(0)) {
            parts.add(value.get(new NDIndex().addSliceDim(from, value.getShape().get(0))));
        }
        return NDArrays.concat(parts, 0);
    }
}
