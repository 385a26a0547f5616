package org.statecraft.model.mamba2;

/**
 * The sizes of one layer, read off its tensors: layers of a sliced model may differ.
 *
 * @param dModel width of the residual stream
 * @param heads number of heads
 * @param headDim channels of a head
 * @param groups groups of heads that share B and C
 * @param state N, columns of the state
 * @param convKernel taps of the convolution
 */
public record Mamba2Shape(long dModel, long heads, long headDim, long groups, long state, long convKernel) {

    /** {@code heads·headDim}. */
    public long dInner() {
        return heads * headDim;
    }

    /** Channels of the convolution: x, B and C. */
    public long convChannels() {
        return dInner() + 2 * groups * state;
    }

    /** Rows of {@code in_proj}: z, x, B, C and one step size for each head. */
    public long projectionRows() {
        return dInner() + convChannels() + heads;
    }

    public long headsPerGroup() {
        return heads / groups;
    }

    /** Bytes that one sequence carries through this layer in float32: window and state. */
    public long stateBytes() {
        return Float.BYTES * (convChannels() * (convKernel - 1) + dInner() * state);
    }
}
