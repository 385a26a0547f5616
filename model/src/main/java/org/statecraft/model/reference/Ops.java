package org.statecraft.model.reference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import org.statecraft.model.Weight;

/** What both architectures share: the causal depthwise convolution with its carried window, padding and small functions. */
final class Ops {
    private Ops() {}

    /** The input with the columns of the tokens before it in front, {@code [batch, taps - 1 + length, channels]}. */
    static NDArray columns(NDArray input, NDArray window, long taps) {
        NDArray before = window == null
                ? input.getManager()
                        .zeros(new Shape(
                                input.getShape().get(0),
                                taps - 1,
                                input.getShape().get(2)))
                : window.swapAxes(1, 2);
        return before.concat(input, 1);
    }

    /** {@code silu(bias + Σ_k weight[k]·columns[t + k])}; the last tap is the current token. {@code bias} may be null. */
    static NDArray convolution(NDArray columns, Weight weight, Weight bias) {
        NDManager scope = columns.getManager();
        NDArray taps = weight.value(scope);
        long count = taps.getShape().get(2);
        long length = columns.getShape().get(1) - count + 1;
        NDArray byTap = taps.reshape(taps.getShape().get(0), count).transpose();
        byTap.attach(scope);
        NDArray sum = null;
        for (long k = 0; k < count; k++) {
            NDArray shifted = columns.get(new NDIndex().addAllDim().addSliceDim(k, k + length));
            NDArray term = shifted.mul(byTap.get(k));
            sum = sum == null ? term : sum.addi(term);
        }
        return silu(bias == null ? sum : sum.addi(bias.value(scope)));
    }

    /** The window to carry on, {@code [batch, channels, taps - 1]}: for each row the columns up to its own last token. */
    static NDArray window(NDArray columns, long taps, int[] lengths) {
        long kept = taps - 1;
        if (lengths == null) {
            long length = columns.getShape().get(1) - kept;
            return columns.get(new NDIndex().addAllDim().addSliceDim(length, length + kept))
                    .swapAxes(1, 2);
        }
        NDList rows = new NDList();
        for (int b = 0; b < lengths.length; b++) {
            rows.add(columns.get(new NDIndex().addIndices(b).addSliceDim(lengths[b], lengths[b] + kept)));
        }
        return NDArrays.stack(rows).swapAxes(1, 2);
    }

    /** A step of size 0 neither decays the state nor adds to it. */
    static NDArray zeroAtPadding(NDArray delta, int[] lengths) {
        if (lengths == null) {
            return delta;
        }
        NDManager scope = delta.getManager();
        NDArray positions = scope.arange((int) delta.getShape().get(1)).reshape(1, -1, 1);
        NDArray real = positions.lt(scope.create(lengths).reshape(lengths.length, 1, 1));
        return delta.mul(real.toType(DataType.FLOAT32, false));
    }

    static NDArray silu(NDArray x) {
        return Activation.sigmoid(x).mul(x);
    }

    /** Zeros behind the last token, up to {@code length}. */
    static NDArray padded(NDArray array, long length) {
        long missing = length - array.getShape().get(1);
        if (missing == 0) {
            return array;
        }
        long[] shape = array.getShape().getShape().clone();
        shape[1] = missing;
        return array.concat(array.getManager().zeros(new Shape(shape)), 1);
    }

    /** {@code y + bias}; the bias may be null. */
    static NDArray biased(NDArray y, Weight bias) {
        return bias == null ? y : y.add(bias.value(y.getManager()));
    }
}
