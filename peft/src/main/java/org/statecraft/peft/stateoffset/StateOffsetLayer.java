package org.statecraft.peft.stateoffset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.statecraft.model.Adapter;
import org.statecraft.model.AffineReadOut;
import org.statecraft.model.Front;
import org.statecraft.model.InputException;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.StateReadOut;
import org.statecraft.peft.TensorSpec;

/**
 * The offset of one layer, added to the scan output before gate and gated norm:
 * {@code y[t,h,p] += Σ_n C[t,g(h),n]·H'[h,p,n]}. The recurrence never sees it, so nothing is carried from token to token.
 *
 * <p>Heads stand group by group, hence {@code H'} is one matrix {@code [groups, heads/groups·headDim, state]} and each group
 * costs one matrix product. Of the forms without a placement none but the full one ever builds {@code H'}.
 *
 * <p>Source: Kang et al. 2025 (arXiv 2503.03499), carried over to heads and groups as in {@code docs/state-offset.md}.
 */
sealed interface StateOffsetLayer extends Adapter.ReadOut {

    @Override
    default NDArray apply(NDArray y, Front front, Layer layer) {
        return apply(y, front.C());
    }

    /**
     * The scan output with the offset.
     *
     * @param y {@code [batch, length, heads, headDim]}
     * @param C {@code [batch, length, groups, state]}
     */
    NDArray apply(NDArray y, NDArray C);

    @Override
    AffineReadOut affine(LayerShape shape, NDManager scope);

    /** {@code H'} of all heads, in any shape, as a read-out. */
    private static AffineReadOut whole(NDArray offset, LayerShape s, NDManager scope) {
        Shape byGroup = new Shape(1, s.groups(), s.dInner() / s.groups(), s.state());
        return AffineReadOut.offset(null, StateReadOut.view(scope, offset, byGroup));
    }

    /** The tensors of a form in one layer. */
    static List<TensorSpec> specs(StateOffsetConfig config, LayerShape s, int layer) {
        return switch (config.form()) {
            case FULL ->
                List.of(
                        s instanceof Mamba1Shape
                                ? spec(layer, Full.OFFSET, new Shape(s.dInner(), s.state()), Axis.INNER, Axis.STATE)
                                : spec(
                                        layer,
                                        Full.OFFSET,
                                        new Shape(s.heads(), s.headDim(), s.state()),
                                        Axis.HEADS,
                                        Axis.HEAD_DIM,
                                        Axis.STATE));
            case LOW_RANK -> factors(config, s, layer);
            case HEAD_SHARED -> {
                refuseMamba1(s);
                yield List.of(spec(layer, HeadShared.OFFSET, new Shape(s.heads(), s.state()), Axis.HEADS, Axis.STATE));
            }
            case OUTPUT -> List.of(spec(layer, Output.OFFSET, new Shape(s.dInner()), Axis.INNER));
        };
    }

    /**
     * The full form for some heads only, or for some channels of Mamba-1.
     *
     * @param units how many
     */
    static TensorSpec placedSpec(LayerShape s, int layer, int units) {
        TensorSpec all = specs(StateOffsetConfig.of(StateOffsetConfig.Form.FULL), s, layer)
                .get(0);
        long[] shape = all.shape().getShape().clone();
        shape[0] = units;
        return new TensorSpec(all.key(), new Shape(shape), all.axes(), all.initial());
    }

    private static List<TensorSpec> factors(StateOffsetConfig config, LayerShape s, int layer) {
        long q = config.reshape();
        if (s.dInner() / s.groups() % q != 0) {
            throw new InputException("state-offset has reshape " + q + ", but layer " + layer + " has "
                    + s.dInner() / s.groups() + " channels" + (s.groups() > 1 ? " in each group" : "")
                    + "; expected a divisor of that");
        }
        Axis rows = q == 1 ? Axis.INNER : Axis.MIXED;
        Axis columns = q == 1 ? Axis.STATE : Axis.MIXED;
        return List.of(
                spec(layer, LowRank.U, new Shape(s.dInner() / q, config.rank()), rows, Axis.OWN),
                new TensorSpec(
                        PeftKeys.mixer(layer, LowRank.W),
                        new Shape(config.rank(), s.state() * q),
                        List.of(Axis.OWN, columns),
                        Initial.kaimingUniform()));
    }

    private static void refuseMamba1(LayerShape s) {
        if (s instanceof Mamba1Shape) {
            throw new InputException(
                    "state-offset of form head-shared needs heads, which Mamba-1 does not have: each of its "
                            + "channels has a step size and decays of its own, and one offset for all " + s.dInner()
                            + " of a layer would fit none; use full, low-rank or output");
        }
    }

    private static TensorSpec spec(int layer, String name, Shape shape, Axis... axes) {
        return new TensorSpec(PeftKeys.mixer(layer, name), shape, List.of(axes), Initial.zeros());
    }

    /** The operator over tensors of {@link #specs} by their names behind the layer's prefix. */
    static StateOffsetLayer of(StateOffsetConfig config, Map<String, NDArray> tensors) {
        return switch (config.form()) {
            case FULL -> new Full(tensors.get(Full.OFFSET));
            case LOW_RANK -> new LowRank(tensors.get(LowRank.U), tensors.get(LowRank.W));
            case HEAD_SHARED -> new HeadShared(tensors.get(HeadShared.OFFSET));
            case OUTPUT -> new Output(tensors.get(Output.OFFSET));
        };
    }

    /** {@code H'} itself, {@code [heads, headDim, state]}; Mamba-1: {@code [dInner, state]}. */
    record Full(NDArray offset) implements StateOffsetLayer {
        static final String OFFSET = "state_offset_h";

        @Override
        public NDArray apply(NDArray y, NDArray C) {
            return y.add(StateReadOut.of(C, offset, C.getShape().get(3)).reshape(y.getShape()));
        }

        @Override
        public AffineReadOut affine(LayerShape shape, NDManager scope) {
            return whole(offset, shape, scope);
        }
    }

    /**
     * {@code H'} of some heads, or of some channels of Mamba-1; 0 elsewhere.
     *
     * @param offset {@code [placed, headDim, state]}; Mamba-1: {@code [placed, state]}
     * @param rows for every head or channel where its offset stands, the number of placed ones where it has none, int64
     */
    record Placed(NDArray offset, NDArray rows) implements StateOffsetLayer {

        /** The operator for the heads or channels {@code units} of {@code count}. */
        static Placed of(NDArray offset, List<Integer> units, long count) {
            long[] rows = new long[(int) count];
            Arrays.fill(rows, units.size());
            for (int i = 0; i < units.size(); i++) {
                rows[units.get(i)] = i;
            }
            try (NDArray wrapped = offset.getManager().create(rows)) {
                // a copy in native memory: the backward pass reads it
                return new Placed(offset, wrapped.duplicate());
            }
        }

        @Override
        public NDArray apply(NDArray y, NDArray C) {
            return y.add(
                    StateReadOut.of(C, everywhere(C.getManager()), C.getShape().get(3))
                            .reshape(y.getShape()));
        }

        @Override
        public AffineReadOut affine(LayerShape shape, NDManager scope) {
            return whole(everywhere(scope), shape, scope);
        }

        private NDArray everywhere(NDManager scope) {
            long placed = offset.getShape().get(0);
            long width = offset.size() / placed;
            NDArray own = StateReadOut.view(scope, offset, new Shape(placed, width));
            NDArray table = NDArrays.concat(new NDList(own, scope.zeros(new Shape(1, width))));
            return Embedding.embedding(StateReadOut.view(scope, rows, rows.getShape()), table, SparseFormat.DENSE)
                    .singletonOrThrow();
        }
    }

    /**
     * {@code H' = u·w}, without a further factor. Reshaped, a row of {@code u} stands for q neighbouring channels and a row of
     * {@code w} for q·N columns, those of the first channel first: {@code H'[i·q + j, n] = (u·w)[i, j·N + n]}.
     *
     * @param u {@code [dInner/q, rank]}
     * @param w {@code [rank, q·state]}
     */
    record LowRank(NDArray u, NDArray w) implements StateOffsetLayer {
        static final String U = "state_offset_u";
        static final String W = "state_offset_w";

        @Override
        public NDArray apply(NDArray y, NDArray C) {
            Shape c = C.getShape();
            long rank = u.getShape().get(1);
            long q = w.size() / rank / c.get(3);
            NDArray columns = StateReadOut.view(C.getManager(), w, new Shape(rank * q, c.get(3)));
            NDArray inner = C.matMul(columns.transpose()); // [batch, length, groups, rank·q]
            if (q == 1) {
                return y.add(StateReadOut.of(inner, u, rank).reshape(y.getShape()));
            }
            long tokens = c.get(0) * c.get(1);
            NDArray neighbours = inner.reshape(c.get(0), c.get(1), c.get(2), rank, q)
                    .transpose(0, 1, 4, 2, 3)
                    .reshape(c.get(0), c.get(1) * q, c.get(2), rank);
            NDArray rows = StateReadOut.of(neighbours, u, rank); // [tokens·q, dInner/q]
            return y.add(
                    rows.reshape(tokens, q, u.getShape().get(0)).swapAxes(1, 2).reshape(y.getShape()));
        }

        @Override
        public AffineReadOut affine(LayerShape s, NDManager scope) {
            long rank = w.getShape().get(0);
            if (u.getShape().get(0) != s.dInner()) {
                return whole(StateReadOut.view(scope, u, u.getShape()).matMul(w), s, scope);
            }
            return AffineReadOut.offset(
                    StateReadOut.view(scope, w, new Shape(1, 1, rank, s.state())),
                    StateReadOut.view(scope, u, new Shape(1, s.groups(), s.dInner() / s.groups(), rank)));
        }
    }

    /** {@code H'[h,p,n] = offset[h,n]}; the offset is {@code [heads, state]}. */
    record HeadShared(NDArray offset) implements StateOffsetLayer {
        static final String OFFSET = "state_offset_h_shared";

        @Override
        public NDArray apply(NDArray y, NDArray C) {
            NDArray byHead = StateReadOut.of(C, offset, offset.getShape().get(1));
            long[] shape = y.getShape().getShape().clone();
            shape[3] = 1;
            return y.add(byHead.reshape(shape));
        }

        @Override
        public AffineReadOut affine(LayerShape s, NDManager scope) {
            NDArray byHead = StateReadOut.view(scope, offset, new Shape(s.heads(), 1, s.state()));
            return whole(byHead.repeat(1, s.headDim()), s, scope);
        }
    }

    /** {@code y[t] += offset}; the offset is {@code [dInner]}, head by head. */
    record Output(NDArray offset) implements StateOffsetLayer {
        static final String OFFSET = "state_offset_y";

        @Override
        public NDArray apply(NDArray y, NDArray C) {
            Shape heads = y.getShape().slice(2);
            return y.add(StateReadOut.view(y.getManager(), offset, heads));
        }

        @Override
        public AffineReadOut affine(LayerShape s, NDManager scope) {
            NDArray constant = StateReadOut.view(scope, offset, new Shape(1, s.heads(), s.headDim()));
            return new AffineReadOut(null, null, null, constant);
        }
    }
}
