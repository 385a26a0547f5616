package org.statecraft.model.mamba2;

import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.model.LayerShape;

/** The sizes of one Mamba-2 layer. */
public record Mamba2Shape(long dModel, long heads, long headDim, long groups, long state, long convKernel)
        implements LayerShape {

    @Override
    public Map<String, Long> sizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("d_model", dModel);
        sizes.put("d_inner", dInner());
        sizes.put("heads", heads);
        sizes.put("head_dim", headDim);
        sizes.put("groups", groups);
        sizes.put("d_state", state);
        sizes.put("d_conv", convKernel);
        return sizes;
    }

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
