package org.statecraft.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;

/**
 * The sizes of one layer, read off its tensors: layers of a sliced model may differ. Mamba-1, whose channels all have a step
 * size and a decay of their own, counts as one head as wide as the layer.
 */
public interface LayerShape {
    /** The sizes that this architecture has, by the names that people know them by, in a fixed order. */
    Map<String, Long> sizes();

    /** Width of the residual stream. */
    long dModel();

    long heads();

    /** Channels of a head. */
    long headDim();

    /** Groups of heads that share B and C. */
    long groups();

    /** N, columns of the state. */
    long state();

    /** Taps of the convolution. */
    long convKernel();

    /** Channels of the convolution. */
    long convChannels();

    /** Rows of {@code in_proj}. */
    long projectionRows();

    /** {@code heads·headDim}. */
    default long dInner() {
        return heads() * headDim();
    }

    /** The state of one new sequence: zeros, {@code [1, ...]}. */
    default LayerState empty(NDManager owner) {
        return new LayerState(
                owner.zeros(new Shape(1, convChannels(), convKernel() - 1)),
                owner.zeros(new Shape(1, heads(), headDim(), state())));
    }

    /** Bytes that one sequence carries through this layer in float32: window and state. */
    default long stateBytes() {
        return Float.BYTES * (convChannels() * (convKernel() - 1) + dInner() * state());
    }
}
