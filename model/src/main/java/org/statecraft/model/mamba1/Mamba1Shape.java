package org.statecraft.model.mamba1;

import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.model.LayerShape;

/**
 * The sizes of one Mamba-1 layer.
 *
 * @param dtRank R, width of the factor from which the step sizes come
 */
public record Mamba1Shape(long dModel, long dInner, long state, long dtRank, long convKernel) implements LayerShape {

    @Override
    public Map<String, Long> sizes() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("d_model", dModel);
        sizes.put("d_inner", dInner);
        sizes.put("d_state", state);
        sizes.put("dt_rank", dtRank);
        sizes.put("d_conv", convKernel);
        return sizes;
    }

    @Override
    public long heads() {
        return 1;
    }

    @Override
    public long headDim() {
        return dInner;
    }

    @Override
    public long groups() {
        return 1;
    }

    /** x alone. */
    @Override
    public long convChannels() {
        return dInner;
    }

    /** x and z. */
    @Override
    public long projectionRows() {
        return 2 * dInner;
    }

    /** Rows of {@code x_proj}: the step sizes' factor, B and C. */
    public long selectionRows() {
        return dtRank + 2 * state;
    }
}
