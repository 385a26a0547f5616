package org.statecraft.model.mamba2;

import org.statecraft.model.LayerShape;

/** The sizes of one Mamba-2 layer. */
public record Mamba2Shape(long dModel, long heads, long headDim, long groups, long state, long convKernel)
        implements LayerShape {

    /** x, B and C. */
    @Override
    public long convChannels() {
        return dInner() + 2 * groups * state;
    }

    /** z, x, B, C and one step size for each head. */
    @Override
    public long projectionRows() {
        return dInner() + convChannels() + heads;
    }

    public long headsPerGroup() {
        return heads / groups;
    }
}
