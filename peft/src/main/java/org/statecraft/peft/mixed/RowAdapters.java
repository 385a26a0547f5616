package org.statecraft.peft.mixed;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
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
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.peft.OffsetReadOut;

/**
 * An adapter of its own for each row of a batch, in one forward pass: the large products run once for all rows, and what
 * differs is gathered and applied row by row as batched products.
 *
 * <p>Rows may have low-rank changes of linear maps inside the layers, offsets of the read-out, initial states and conv windows
 * (snapshots too), or nothing. {@link #whyNot} tells what else an adapter does that would need a pass of its own.
 */
public final class RowAdapters implements Adapter, AutoCloseable {
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
        if (adapter.readOut(layer) != null && !(adapter.readOut(layer) instanceof OffsetReadOut)) {
            return "changes the read-out by more than an offset";
        }
        try (NDManager scope = model.newScope()) {
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
        List<OffsetReadOut> own = rows.stream()
                .map(adapter -> adapter == null ? null : (OffsetReadOut) adapter.readOut(layer))
                .toList();
        if (own.stream().allMatch(Objects::isNull)) {
            return null;
        }
        boolean factored = own.stream().allMatch(readOut -> readOut == null || readOut.factors(shape) != null);
        return factored ? factoredReadOut(own, shape) : wholeReadOut(own, shape);
    }

    /** Factors stay factors, filled up with zeros to the highest rank. */
    private ReadOut factoredReadOut(List<OffsetReadOut> own, LayerShape shape) {
        List<OffsetReadOut.Factors> factors = own.stream()
                .map(readOut -> readOut == null ? null : readOut.factors(shape))
                .toList();
        long rank = factors.stream()
                .filter(Objects::nonNull)
                .mapToLong(one -> one.w().getShape().get(0))
                .max()
                .orElseThrow();
        try (NDManager scope = manager.newSubManager()) {
            List<NDArray> u = new ArrayList<>();
            List<NDArray> w = new ArrayList<>();
            for (OffsetReadOut.Factors one : factors) {
                u.add(one == null ? null : filled(scope, one.u(), 1, rank));
                w.add(one == null ? null : filled(scope, one.w(), 0, rank));
            }
            long perGroup = shape.dInner() / shape.groups();
            return new RowOffsets(
                    stacked(scope, w, new Shape(1, rank, shape.state())),
                    stacked(scope, u, new Shape(shape.groups(), perGroup, rank)),
                    null);
        }
    }

    private static NDArray filled(NDManager scope, NDArray factor, int axis, long width) {
        long[] rest = factor.getShape().getShape().clone();
        rest[axis] = width - rest[axis];
        return NDArrays.concat(new NDList(own(scope, factor), scope.zeros(new Shape(rest))), axis);
    }

    private ReadOut wholeReadOut(List<OffsetReadOut> own, LayerShape shape) {
        try (NDManager scope = manager.newSubManager()) {
            List<NDArray> answers = new ArrayList<>();
            own.forEach(readOut -> answers.add(readOut == null ? null : answers(scope, readOut, shape)));
            long state = shape.state();
            NDArray all = stacked(scope, answers, new Shape(state + 1, shape.dInner())); // [rows, state + 1, dInner]
            NDArray constant = all.get(new NDIndex(":, {}:", state));
            NDArray linear = all.get(new NDIndex(":, :{}", state))
                    .sub(constant)
                    .swapAxes(1, 2)
                    .reshape(rows.size(), shape.groups(), shape.dInner() / shape.groups(), state);
            boolean none = constant.abs().max().getFloat() == 0;
            return new RowOffsets(
                    null,
                    kept(linear),
                    none ? null : kept(constant.reshape(rows.size(), 1, shape.heads(), shape.headDim())));
        }
    }

    /** What a read-out makes of each unit vector as C, and of 0 in the end: its whole map, {@code [1, state + 1, heads, headDim]}. */
    private static NDArray answers(NDManager scope, OffsetReadOut readOut, LayerShape shape) {
        long state = shape.state();
        NDArray unit = scope.eye((int) state + 1, (int) state, 0, DataType.FLOAT32)
                .reshape(1, state + 1, 1, state)
                .repeat(2, shape.groups());
        NDArray y = scope.zeros(new Shape(1, state + 1, shape.heads(), shape.headDim()));
        return readOut.apply(y, unit);
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
