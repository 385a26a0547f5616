package org.statecraft.peft.stateoffset;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import org.statecraft.model.Adapter;
import org.statecraft.model.Front;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TensorSpec;

/**
 * The offset of one layer, added to the scan output before gate and gated norm:
 * {@code y[t,h,p] += Σ_n C[t,g(h),n]·H'[h,p,n]}. The recurrence never sees it, so nothing is carried from token to token.
 *
 * <p>Heads stand group by group, hence {@code H'} is one matrix {@code [groups, heads/groups·headDim, state]} and each group
 * costs one matrix product. No form but the full one ever builds {@code H'}.
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
            case LOW_RANK ->
                List.of(
                        spec(layer, LowRank.U, new Shape(s.dInner(), config.rank()), Axis.INNER, Axis.OWN),
                        new TensorSpec(
                                PeftKeys.mixer(layer, LowRank.W),
                                new Shape(config.rank(), s.state()),
                                List.of(Axis.OWN, Axis.STATE),
                                Initial.kaimingUniform()));
            case HEAD_SHARED ->
                List.of(spec(layer, HeadShared.OFFSET, new Shape(s.heads(), s.state()), Axis.HEADS, Axis.STATE));
            case OUTPUT -> List.of(spec(layer, Output.OFFSET, new Shape(s.dInner()), Axis.INNER));
        };
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
            return y.add(readOut(C, offset, C.getShape().get(3)).reshape(y.getShape()));
        }
    }

    /**
     * {@code H' = u·w} over the rows {@code heads·headDim}, without a further factor.
     *
     * @param u {@code [dInner, rank]}
     * @param w {@code [rank, state]}
     */
    record LowRank(NDArray u, NDArray w) implements StateOffsetLayer {
        static final String U = "state_offset_u";
        static final String W = "state_offset_w";

        @Override
        public NDArray apply(NDArray y, NDArray C) {
            NDArray inner =
                    C.matMul(view(C.getManager(), w, w.getShape()).transpose()); // [batch, length, groups, rank]
            return y.add(readOut(inner, u, u.getShape().get(1)).reshape(y.getShape()));
        }
    }

    /** {@code H'[h,p,n] = offset[h,n]}; the offset is {@code [heads, state]}. */
    record HeadShared(NDArray offset) implements StateOffsetLayer {
        static final String OFFSET = "state_offset_h_shared";

        @Override
        public NDArray apply(NDArray y, NDArray C) {
            NDArray byHead = readOut(C, offset, offset.getShape().get(1));
            long[] shape = y.getShape().getShape().clone();
            shape[3] = 1;
            return y.add(byHead.reshape(shape));
        }
    }

    /** {@code y[t] += offset}; the offset is {@code [dInner]}, head by head. */
    record Output(NDArray offset) implements StateOffsetLayer {
        static final String OFFSET = "state_offset_y";

        @Override
        public NDArray apply(NDArray y, NDArray C) {
            Shape heads = y.getShape().slice(2);
            return y.add(view(y.getManager(), offset, heads));
        }
    }

    /**
     * One bias-free linear map for each group.
     *
     * @param C {@code [batch, length, groups, columns]}
     * @param rows any shape whose last axis, flattened, is {@code columns} wide; equally many rows belong to each group
     * @return all rows of all groups for each token, {@code [batch·length, rows]}
     */
    private static NDArray readOut(NDArray C, NDArray rows, long columns) {
        long groups = C.getShape().get(2);
        long tokens = C.getShape().get(0) * C.getShape().get(1);
        long perGroup = rows.size() / columns / groups;
        if (groups == 1) {
            NDArray map = view(C.getManager(), rows, new Shape(perGroup, columns));
            return C.reshape(tokens, columns).matMul(map.transpose());
        }
        NDArray maps = view(C.getManager(), rows, new Shape(groups, perGroup, columns));
        return C.reshape(tokens, groups, columns)
                .swapAxes(0, 1)
                .matMul(maps.swapAxes(1, 2))
                .swapAxes(0, 1)
                .reshape(tokens, groups * perGroup);
    }

    /** Belongs to {@code scope}, so that what is computed from a parameter does not live as long as the parameter. */
    private static NDArray view(NDManager scope, NDArray parameter, Shape shape) {
        NDArray view = parameter.reshape(shape);
        view.attach(scope);
        return view;
    }
}
