package org.statecraft.peft.suffix;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.Adapter;
import org.statecraft.model.AffineReadOut;
import org.statecraft.model.Constants;
import org.statecraft.model.Front;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.StateReadOut;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * The read-out of one layer: {@code y ← D·x + scale⊙(y − D·x) + C·H'}, that is {@code C·(scale·h + H') + D·x}.
 *
 * <p>It is computed as {@code y + (scale − 1)⊙(y − D·x) + C·H'}, which is exactly {@code y} at the start.
 *
 * @param scale {@code [heads]}; Mamba-1: {@code [dInner]}
 * @param offset {@code H'}, or its first factor {@code [dInner, rank]}
 * @param columns null, or the second factor {@code [rank, state]}
 */
record SuffixLayer(NDArray scale, NDArray offset, NDArray columns) implements Adapter.ReadOut {
    static final String SCALE = "suffix_scale";
    static final String OFFSET = "suffix_offset";
    static final String U = "suffix_u";
    static final String W = "suffix_w";

    static List<TensorSpec> specs(SuffixConfig config, LayerShape s, int layer) {
        boolean mamba1 = s instanceof Mamba1Shape;
        List<TensorSpec> specs = new ArrayList<>();
        specs.add(
                mamba1
                        ? spec(layer, SCALE, Initial.ones(), new Shape(s.dInner()), Axis.INNER)
                        : spec(layer, SCALE, Initial.ones(), new Shape(s.heads()), Axis.HEADS));
        Initial zeros = Initial.zeros();
        if (config.rank() > 0) {
            specs.add(spec(layer, U, zeros, new Shape(s.dInner(), config.rank()), Axis.INNER, Axis.OWN));
            Shape shape = new Shape(config.rank(), s.state());
            specs.add(spec(layer, W, Initial.kaimingUniform(), shape, Axis.OWN, Axis.STATE));
        } else if (mamba1) {
            specs.add(spec(layer, OFFSET, zeros, new Shape(s.dInner(), s.state()), Axis.INNER, Axis.STATE));
        } else {
            Shape shape = new Shape(s.heads(), s.headDim(), s.state());
            specs.add(spec(layer, OFFSET, zeros, shape, Axis.HEADS, Axis.HEAD_DIM, Axis.STATE));
        }
        return specs;
    }

    private static TensorSpec spec(int layer, String name, Initial initial, Shape shape, Axis... axes) {
        return new TensorSpec(PeftKeys.mixer(layer, name), shape, List.of(axes), initial);
    }

    static SuffixLayer of(SuffixConfig config, Tensors tensors, int layer) {
        NDArray scale = tensors.get(PeftKeys.mixer(layer, SCALE));
        return config.rank() > 0
                ? new SuffixLayer(scale, tensors.get(PeftKeys.mixer(layer, U)), tensors.get(PeftKeys.mixer(layer, W)))
                : new SuffixLayer(scale, tensors.get(PeftKeys.mixer(layer, OFFSET)), null);
    }

    @Override
    public NDArray apply(NDArray y, Front front, Layer layer) {
        NDManager scope = y.getManager();
        Shape heads = y.getShape().slice(2);
        NDArray skip = AffineReadOut.skip(front, layer);
        NDArray change = perChannel(scale, scope, heads).sub(Constants.scalar(scope, 1));
        return y.add(y.sub(skip).mul(change)).add(offset(front.C()).reshape(y.getShape()));
    }

    @Override
    public AffineReadOut affine(LayerShape s, NDManager scope) {
        boolean byHead = scale.size() == s.heads();
        Shape values = byHead ? new Shape(1, s.heads(), 1) : new Shape(1, s.heads(), s.headDim());
        long rank = columns == null ? s.state() : columns.getShape().get(0);
        return new AffineReadOut(
                StateReadOut.view(scope, scale, values),
                columns == null ? null : StateReadOut.view(scope, columns, new Shape(1, 1, rank, s.state())),
                StateReadOut.view(scope, offset, new Shape(1, s.groups(), s.dInner() / s.groups(), rank)),
                null);
    }

    /** One value for each head, or one for each channel, beside {@code [heads, headDim]}. */
    private static NDArray perChannel(NDArray values, NDManager scope, Shape heads) {
        boolean byHead = values.size() == heads.get(0);
        return StateReadOut.view(scope, values, byHead ? new Shape(heads.get(0), 1) : heads);
    }

    private NDArray offset(NDArray C) {
        if (columns == null) {
            return StateReadOut.of(C, offset, C.getShape().get(3));
        }
        NDArray w = StateReadOut.view(C.getManager(), columns, columns.getShape());
        return StateReadOut.of(
                C.matMul(w.transpose()), offset, columns.getShape().get(0));
    }
}
