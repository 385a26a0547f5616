package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
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

    /** Shape of the value, inserted rows and columns included. */
    public Shape shape() {
        long[] dimensions = stored.shape().getShape().clone();
        for (WeightChange change : changes) {
            if (change instanceof WeightChange.Inserted inserted) {
                for (WeightChange.Inserted.Block block : inserted.blocks()) {
                    dimensions[inserted.axis()] += block.entries().getShape().get(inserted.axis());
                }
            }
        }
        return new Shape(dimensions);
    }

    /** True where no change stands on the stored parameter. */
    public boolean isPlain() {
        return changes.isEmpty();
    }

    /** False where it is an operator, or differs between the rows of a batch: it can be applied then, but has no value. */
    public boolean hasValue() {
        return changes.stream().noneMatch(Weight::isOperator);
    }

    private static boolean isOperator(WeightChange change) {
        return change instanceof WeightChange.Input
                || (change instanceof WeightChange.LowRank low && low.differsByRow());
    }

    /** The low-rank change at the end that differs between the rows of a batch; null where there is none. */
    public WeightChange.LowRank rowFactors() {
        WeightChange last = changes.isEmpty() ? null : changes.get(changes.size() - 1);
        return last instanceof WeightChange.LowRank low && low.differsByRow() ? low : null;
    }

    /** The weight without {@link #rowFactors}. */
    public Weight shared() {
        return rowFactors() == null ? this : new Weight(stored, changes.subList(0, changes.size() - 1));
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
        NDArray input = x;
        List<WeightChange> linear = new ArrayList<>();
        for (WeightChange change : changes) {
            if (change instanceof WeightChange.Input before) {
                input = before.operator().apply(input);
            } else {
                linear.add(change);
            }
        }
        int factored = linear.size();
        while (factored > 0 && isFactored(linear.get(factored - 1))) {
            factored--;
        }
        NDArray y = factored == 0
                ? stored.apply(input)
                : input.matMul(new Weight(stored, linear.subList(0, factored))
                        .value(scope)
                        .transpose());
        for (int i = factored; i < linear.size(); i++) {
            if (linear.get(i) instanceof WeightChange.LowRank low) {
                y = plus(y, product(input, low), low.fromRow());
            } else if (linear.get(i) instanceof WeightChange.Magnitude magnitude) {
                y = y.mul(rowScale(new Weight(stored, linear.subList(0, i)).value(scope), magnitude));
            }
        }
        return y;
    }

    private static boolean isFactored(WeightChange change) {
        return change instanceof WeightChange.LowRank || change instanceof WeightChange.Magnitude;
    }

    /** {@code scale·x·Aᵀ·Bᵀ}; scaled where it is narrow. */
    private static NDArray product(NDArray x, WeightChange.LowRank low) {
        NDManager scope = x.getManager();
        if (low.differsByRow()) {
            // would be broadcast from one row, silently
            requireRows(x.getShape().get(0), low.A().getShape().get(0));
        }
        return scaled(x.matMul(turned(A(scope, low))), low).matMul(turned(B(scope, low)));
    }

    /** Refuses a batch of another size than that of what differs between its rows. */
    static void requireRows(long batch, long own) {
        if (batch != own) {
            throw new InputException(
                    "a batch of " + batch + " rows with adapters for " + own + "; use forRows for those that are left");
        }
    }

    /** {@code [rank, in]} */
    private static NDArray A(NDManager scope, WeightChange.LowRank low) {
        return low.transposed() ? turned(in(scope, low.A())) : in(scope, low.A());
    }

    /** {@code [rows, rank]} */
    private static NDArray B(NDManager scope, WeightChange.LowRank low) {
        return low.transposed() ? turned(in(scope, low.B())) : in(scope, low.B());
    }

    private static NDArray turned(NDArray factor) {
        int axes = factor.getShape().dimension();
        return factor.swapAxes(axes - 2, axes - 1);
    }

    /** Adds to some columns of {@code y}; in place, as another array costs more than the sum, and nobody else has {@code y}. */
    private static NDArray plus(NDArray y, NDArray some, long from) {
        long width = some.getShape().get(some.getShape().dimension() - 1);
        if (width == y.getShape().get(y.getShape().dimension() - 1)) {
            return y.addi(some);
        }
        y.get(new NDIndex().addEllipseDim().addSliceDim(from, from + width)).addi(some);
        return y;
    }

    private static NDArray scaled(NDArray product, WeightChange.LowRank low) {
        return low.scale() == 1 ? product : product.mul(Constants.scalar(product.getManager(), low.scale()));
    }

    /** Zeros beside some columns, up to the width of {@code whole}. */
    private static NDArray columns(NDArray some, long from, Shape whole) {
        long[] shape = some.getShape().getShape().clone();
        int last = shape.length - 1;
        long after = whole.get(last) - from - shape[last];
        NDList parts = new NDList();
        if (from > 0) {
            shape[last] = from;
            parts.add(some.getManager().zeros(new Shape(shape)));
        }
        parts.add(some);
        if (after > 0) {
            shape[last] = after;
            parts.add(some.getManager().zeros(new Shape(shape)));
        }
        return parts.size() == 1 ? some : NDArrays.concat(parts, last);
    }

    /**
     * Rows of the parameter as a table: {@code W[ids]}. Low-rank factors stay factored.
     *
     * @param ids int64, any shape
     * @return shape of {@code ids} with a further axis, attached to the manager of {@code ids}
     */
    public NDArray rows(NDArray ids) {
        NDManager scope = ids.getManager();
        boolean factored = !changes.isEmpty()
                && changes.stream()
                        .allMatch(change -> change instanceof WeightChange.LowRank low
                                && !low.differsByRow()
                                && low.fromRow() == 0);
        if (!factored) {
            return lookUp(ids, value(scope));
        }
        NDArray rows = lookUp(ids, stored.value(scope));
        for (WeightChange change : changes) {
            WeightChange.LowRank low = (WeightChange.LowRank) change;
            rows = rows.add(scaled(lookUp(ids, B(scope, low)).matMul(A(scope, low)), low));
        }
        return rows;
    }

    private static NDArray lookUp(NDArray ids, NDArray table) {
        return Embedding.embedding(ids, table, SparseFormat.DENSE).singletonOrThrow();
    }

    /** A view that belongs to {@code scope}, so that what is computed from it does too. */
    static NDArray in(NDManager scope, NDArray array) {
        NDArray view = array.reshape(array.getShape());
        view.attach(scope);
        return view;
    }

    private static NDArray changed(NDArray value, WeightChange change) {
        if (isOperator(change)) {
            throw new InputException("a parameter of shape " + value.getShape()
                    + " is changed by an operator or differs between the rows of a batch, so it has no single value; "
                    + "apply it, or take the adapter out first");
        }
        NDManager scope = value.getManager();
        if (change instanceof WeightChange.LowRank low) {
            NDArray product = scaled(B(scope, low).matMul(A(scope, low)), low);
            NDArray matrix =
                    value.reshape(value.getShape().get(0), product.getShape().get(1));
            NDArray transposed = columns(
                    product.transpose(),
                    low.fromRow(),
                    new Shape(1, matrix.getShape().get(0)));
            return matrix.add(transposed.transpose()).reshape(value.getShape());
        } else if (change instanceof WeightChange.Magnitude magnitude) {
            NDArray matrix = value.reshape(value.getShape().get(0), -1);
            return matrix.mul(rowScale(matrix, magnitude).expandDims(-1)).reshape(value.getShape());
        } else if (change instanceof WeightChange.Added added) {
            return value.add(added.delta());
        } else if (change instanceof WeightChange.SparseEntries sparse) {
            NDArray flat = scope.zeros(new Shape(value.size()));
            return value.add(
                    flat.scatter(sparse.positions(), sparse.values(), 0).reshape(value.getShape()));
        }
        return inserted(value, (WeightChange.Inserted) change);
    }

    /** What each row is multiplied with; 1 where the magnitude has no say. */
    private static NDArray rowScale(NDArray rows, WeightChange.Magnitude magnitude) {
        long from = magnitude.fromRow();
        long count = magnitude.magnitude().size();
        long all = rows.getShape().get(0);
        NDArray own = count == all ? rows : rows.get(new NDIndex().addSliceDim(from, from + count));
        NDArray inverseNorm = own.stopGradient().square().sum(new int[] {1}).pow(-0.5);
        NDArray scale = inverseNorm.mul(magnitude.magnitude());
        if (count == all) {
            return scale;
        }
        NDManager scope = scale.getManager();
        return NDArrays.concat(
                new NDList(scope.ones(new Shape(from)), scale, scope.ones(new Shape(all - from - count))));
    }

    private static NDArray inserted(NDArray value, WeightChange.Inserted change) {
        int axis = change.axis();
        NDList parts = new NDList();
        long from = 0;
        for (WeightChange.Inserted.Block block : change.blocks()) {
            if (block.before() > from) {
                parts.add(slice(value, axis, from, block.before()));
            }
            parts.add(block.entries());
            from = block.before();
        }
        if (from < value.getShape().get(axis)) {
            parts.add(slice(value, axis, from, value.getShape().get(axis)));
        }
        return NDArrays.concat(parts, axis);
    }

    private static NDArray slice(NDArray value, int axis, long from, long to) {
        NDIndex index = new NDIndex();
        return value.get(
                axis == 0 ? index.addSliceDim(from, to) : index.addAllDim().addSliceDim(from, to));
    }
}
