package org.statecraft.peft.mixed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.statecraft.model.Adapter;
import org.statecraft.model.AffineReadOut;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;

/**
 * An adapter of its own for each row of a batch, in one forward pass: the large products run once for all rows, and what
 * differs is gathered and applied row by row as batched products.
 *
 * <p>Rows may have low-rank changes of linear maps inside the layers, affine read-outs, initial states and conv windows
 * (snapshots too), or nothing. {@link #whyNot} tells what else an adapter does that would need a pass of its own.
 */
public final class RowAdapters implements Adapter, AutoCloseable {
    private static final AffineReadOut UNCHANGED = new AffineReadOut(null, null, null, null);

    private final LanguageModel model;
    private final NDManager manager;
    private final List<Adapter> rows;
    private final Map<String, WeightChange.LowRank> factors = new HashMap<>();
    private final List<Start> starts = new ArrayList<>();
    private final List<ReadOut> readOuts = new ArrayList<>();

    private RowAdapters(LanguageModel model, NDManager manager, List<Adapter> rows) {
        this.model = model;
        this.manager = manager;
        this.rows = new ArrayList<>(rows);
        model.parameters().forEach((name, weight) -> {
            WeightChange.LowRank stacked = stackedFactors(name, weight);
            if (stacked != null) {
                factors.put(name, stacked);
            }
        });
        for (int layer = 0; layer < model.layers().size(); layer++) {
            LayerShape shape = model.layers().get(layer).shape();
            starts.add(stackedStart(layer, shape));
            readOuts.add(stackedReadOut(layer, shape));
        }
    }

    /**
     * Stacks the adapters of the rows.
     *
     * @param model the one that the adapters were made for, without them
     * @param rows one for each row of the batches to come; null for the bare model
     * @throws InputException naming the first adapter that cannot share a pass
     */
    public static RowAdapters of(LanguageModel model, List<Adapter> rows) {
        for (int i = 0; i < rows.size(); i++) {
            String reason = rows.get(i) == null ? null : whyNot(model, rows.get(i));
            if (reason != null) {
                throw new InputException(
                        "the adapter of row " + i + " " + reason + "; give its rows a pass of their own");
            }
        }
        return new RowAdapters(model, model.newScope(), rows);
    }

    /** Why an adapter cannot share a pass with others, as the end of a sentence; null for one that can. */
    public static String whyNot(LanguageModel model, Adapter adapter) {
        if (adapter.promptRows() != null) {
            return "puts rows before layer 0 (compile it into a snapshot)";
        }
        for (int layer = 0; layer < model.layers().size(); layer++) {
            String reason = whyNot(model, adapter, layer);
            if (reason != null) {
                return reason;
            }
        }
        return model.parameters().entrySet().stream()
                .filter(parameter -> !isFactored(parameter.getKey(), parameter.getValue(), adapter))
                .map(parameter -> "changes " + parameter.getKey() + " by more than low-rank factors of a linear map")
                .findFirst()
                .orElse(null);
    }

    private static String whyNot(LanguageModel model, Adapter adapter, int layer) {
        if (adapter.beforeScan(layer) != null) {
            return "changes what the scan sees";
        }
        try (NDManager scope = model.newScope()) {
            ReadOut readOut = adapter.readOut(layer);
            if (readOut != null && readOut.affine(model.layers().get(layer).shape(), scope) == null) {
                return "changes the read-out by more than a scale and an offset";
            }
            Start start = adapter.start(layer, scope);
            return start != null && start.virtualRows() != null
                    ? "has virtual rows (compile it into a snapshot)"
                    : null;
        }
    }

    private static boolean isFactored(String name, Weight weight, Adapter adapter) {
        Weight changed = adapter.weight(name, weight);
        if (changed == weight) {
            return true;
        }
        boolean linear = weight.shape().dimension() == 2 && name.contains("_proj.");
        List<WeightChange> added = added(weight, changed);
        return linear && added != null && added.stream().allMatch(change -> change instanceof WeightChange.LowRank);
    }

    /** What an adapter put on top of a weight; null where it took another one. */
    private static List<WeightChange> added(Weight weight, Weight changed) {
        int before = weight.changes().size();
        boolean onTop = changed.changes().size() > before
                && changed.changes().subList(0, before).equals(weight.changes())
                && changed.tensors().equals(weight.tensors());
        return onTop ? changed.changes().subList(before, changed.changes().size()) : null;
    }

    private WeightChange.LowRank stackedFactors(String name, Weight weight) {
        List<List<WeightChange>> all = rows.stream()
                .map(adapter -> adapter == null || adapter.weight(name, weight) == weight
                        ? List.<WeightChange>of()
                        : added(weight, adapter.weight(name, weight)))
                .toList();
        long rank = all.stream().mapToLong(RowAdapters::rank).max().orElse(0);
        if (rank == 0) {
            return null;
        }
        long in = weight.shape().get(1);
        long out = weight.shape().get(0);
        try (NDManager scope = manager.newSubManager()) {
            NDList A = new NDList();
            NDList B = new NDList();
            for (List<WeightChange> changes : all) {
                NDList rowA = new NDList();
                NDList rowB = new NDList();
                for (WeightChange change : changes) {
                    WeightChange.LowRank low = (WeightChange.LowRank) change;
                    rowA.add(own(scope, low.A()));
                    rowB.add(padded(scope, own(scope, low.B()).mul(low.scale()), low.fromRow(), out));
                }
                long rest = rank - rank(changes);
                rowA.add(scope.zeros(new Shape(rest, in)));
                rowB.add(scope.zeros(new Shape(out, rest)));
                A.add(NDArrays.concat(rowA, 0));
                B.add(NDArrays.concat(rowB, 1));
            }
            return new WeightChange.LowRank(kept(NDArrays.stack(A)), kept(NDArrays.stack(B)), 1);
        }
    }

    private static long rank(List<WeightChange> changes) {
        return changes.stream()
                .mapToLong(
                        change -> ((WeightChange.LowRank) change).A().getShape().get(0))
                .sum();
    }

    /** Zero rows above and below. */
    private static NDArray padded(NDManager scope, NDArray rows, long from, long all) {
        long rank = rows.getShape().get(1);
        long after = all - from - rows.getShape().get(0);
        return NDArrays.concat(
                new NDList(scope.zeros(new Shape(from, rank)), rows, scope.zeros(new Shape(after, rank))), 0);
    }

    private Start stackedStart(int layer, LayerShape shape) {
        try (NDManager scope = manager.newSubManager()) {
            List<NDArray> windows = new ArrayList<>();
            List<NDArray> states = new ArrayList<>();
            boolean any = false;
            for (Adapter adapter : rows) {
                Start start = adapter == null ? null : adapter.start(layer, scope);
                any |= start != null;
                windows.add(start == null ? null : start.convWindow());
                states.add(start == null ? null : start.state());
            }
            return any
                    ? new Start(
                            stacked(scope, windows, new Shape(shape.convChannels(), shape.convKernel() - 1)),
                            stacked(scope, states, new Shape(shape.heads(), shape.headDim(), shape.state())),
                            null)
                    : null;
        }
    }

    private ReadOut stackedReadOut(int layer, LayerShape shape) {
        try (NDManager scope = manager.newSubManager()) {
            List<AffineReadOut> own = new ArrayList<>();
            for (Adapter adapter : rows) {
                ReadOut readOut = adapter == null ? null : adapter.readOut(layer);
                own.add(readOut == null ? UNCHANGED : readOut.affine(shape, scope));
            }
            if (own.stream().allMatch(UNCHANGED::equals)) {
                return null;
            }
            boolean factored = own.stream().allMatch(readOut -> readOut.u() == null || readOut.w() != null);
            List<NDArray> w = own.stream().map(AffineReadOut::w).toList();
            List<NDArray> u = factored
                    ? own.stream().map(AffineReadOut::u).toList()
                    : own.stream().map(RowAdapters::product).toList();
            return new AffineReadOut(
                    joined(scope, own.stream().map(AffineReadOut::scale).toList(), 1),
                    factored ? joined(scope, filled(scope, w, 2), 0) : null,
                    joined(scope, factored ? filled(scope, u, 3) : u, 0),
                    joined(scope, own.stream().map(AffineReadOut::constant).toList(), 0));
        }
    }

    /** {@code H'} itself. */
    private static NDArray product(AffineReadOut readOut) {
        return readOut.w() == null ? readOut.u() : readOut.u().matMul(readOut.w());
    }

    /** Zeros behind the last entries of an axis, up to the longest of them. */
    private static List<NDArray> filled(NDManager scope, List<NDArray> arrays, int axis) {
        long width = arrays.stream()
                .filter(Objects::nonNull)
                .mapToLong(array -> array.getShape().get(axis))
                .max()
                .orElse(0);
        List<NDArray> filled = new ArrayList<>();
        for (NDArray array : arrays) {
            if (array == null) {
                filled.add(null);
            } else {
                long[] rest = array.getShape().getShape().clone();
                rest[axis] = width - rest[axis];
                filled.add(NDArrays.concat(new NDList(own(scope, array), scope.zeros(new Shape(rest))), axis));
            }
        }
        return filled;
    }

    /** Arrays of one row each, one after another; the neutral value where a row has none. Null where no row has one. */
    private NDArray joined(NDManager scope, List<NDArray> arrays, float neutral) {
        NDArray any = arrays.stream().filter(Objects::nonNull).findFirst().orElse(null);
        if (any == null) {
            return null;
        }
        NDArray none = scope.full(any.getShape(), neutral);
        NDList all = new NDList();
        arrays.forEach(array -> all.add(array == null ? none : own(scope, array)));
        return kept(NDArrays.concat(all, 0));
    }

    /** The arrays of all rows, zeros where there is none, under a new first axis. */
    private NDArray stacked(NDManager scope, List<NDArray> arrays, Shape shape) {
        NDList all = new NDList();
        for (NDArray array : arrays) {
            all.add(array == null ? scope.zeros(shape) : own(scope, array).reshape(shape));
        }
        return kept(NDArrays.stack(all));
    }

    private static NDArray own(NDManager scope, NDArray array) {
        NDArray view = array.stopGradient();
        view.attach(scope);
        return view;
    }

    private NDArray kept(NDArray array) {
        array.attach(manager);
        return array;
    }

    @Override
    public Weight weight(String name, Weight weight) {
        WeightChange.LowRank change = factors.get(name);
        return change == null ? weight : weight.with(change);
    }

    @Override
    public Start start(int layer, NDManager scope) {
        return starts.get(layer);
    }

    @Override
    public ReadOut readOut(int layer) {
        return readOuts.get(layer);
    }

    @Override
    public Adapter forRows(int[] remaining) {
        int[] all = IntStream.range(0, rows.size()).toArray();
        return Arrays.equals(all, remaining)
                ? this
                : new RowAdapters(
                        model,
                        manager.newSubManager(),
                        Arrays.stream(remaining).mapToObj(rows::get).collect(Collectors.toList()));
    }

    /** Frees the stacked arrays, those of {@link #forRows} too, but not the adapters. */
    @Override
    public void close() {
        manager.close();
    }
}
