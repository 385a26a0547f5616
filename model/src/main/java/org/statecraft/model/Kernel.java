package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import org.statecraft.model.mamba2.Mamba2Layer;

/**
 * The three stages of a layer and the one-token recurrence. A kernel knows no tuning or compression method.
 *
 * <pre>
 * front:  residual → norm → in_proj → z | xBC | dt;  convolution → x, B, C;  delta → Δ, a
 * scan:   (x, B, C, Δ, a, h0) → y, hT
 * back:   gate(y, z) → norm → out_proj
 * </pre>
 *
 * Results belong to the manager of the first array argument.
 */
public interface Kernel {

    /** The name under which summaries say what ran. */
    String name();

    /**
     * First half of the front: norm and {@code in_proj}.
     *
     * @param residual {@code [batch, length, dModel]}
     * @return {@code [batch, length, in_proj rows]}
     */
    NDArray project(Mamba2Layer layer, NDArray residual);

    /**
     * Second half of the front: convolution and step size.
     *
     * @param projected {@code [batch, length, in_proj rows]}
     * @param convWindow the columns before the first token, {@code [batch, channels, convKernel - 1]}, or null for none
     * @param lengths true length of each row, or null when none is padded
     */
    Front convolve(Mamba2Layer layer, NDArray projected, NDArray convWindow, int[] lengths);

    /**
     * The recurrence over a whole sequence.
     *
     * @param state before the first token, {@code [batch, heads, headDim, state]}, or null for zeros
     */
    Scan scan(Mamba2Layer layer, Front front, NDArray state);

    /** The same recurrence for a sequence of exactly one token; {@code state} may not be null. */
    Scan step(Mamba2Layer layer, Front front, NDArray state);

    /** Gate, grouped norm and {@code out_proj}; {@code y} as in {@link Scan}. */
    Back back(Mamba2Layer layer, NDArray y, NDArray z);
}
