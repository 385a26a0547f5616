package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/**
 * One layer ready to run: its three stages and the one-token recurrence.
 *
 * <pre>
 * front:  residual → norm → in_proj → z | xBC | dt;  convolution → x, B, C;  delta → Δ
 * scan:   (x, B, C, Δ, h0) → y, hT
 * back:   gate(y, z) → norm → out_proj
 * </pre>
 *
 * Mamba-1 projects x | z first, and B, C and Δ from the convolved x. Results belong to the manager of the first array
 * argument.
 */
public interface Mixer {

    /**
     * First half of the front: norm and {@code in_proj}.
     *
     * @param residual {@code [batch, length, dModel]}
     * @return {@code [batch, length, in_proj rows]}
     */
    NDArray project(NDArray residual);

    /**
     * Second half of the front: convolution and step size.
     *
     * @param projected {@code [batch, length, in_proj rows]}
     * @param convWindow the columns before the first token, {@code [batch, channels, convKernel - 1]}, or null for none
     * @param lengths true length of each row, or null when none is padded
     */
    Front convolve(NDArray projected, NDArray convWindow, int[] lengths);

    /**
     * The recurrence over a whole sequence.
     *
     * @param state before the first token, {@code [batch, heads, headDim, state]}, or null for zeros
     */
    Scan scan(Front front, NDArray state);

    /** The same recurrence for a sequence of exactly one token; {@code state} may not be null. */
    Scan step(Front front, NDArray state);

    /** Gate, norm where the architecture has one, and {@code out_proj}; {@code y} as in {@link Scan}. */
    Back back(NDArray y, NDArray z);

    /**
     * The whole layer, where nobody looks or acts between the stages.
     *
     * @param from what is carried, or null for a new sequence
     * @param lengths as in {@link #convolve}
     */
    default Pass run(NDArray residual, LayerState from, int[] lengths) {
        NDArray state = from == null ? null : from.state();
        Front front = convolve(project(residual), from == null ? null : from.convWindow(), lengths);
        boolean oneToken = state != null && residual.getShape().get(1) == 1;
        Scan scan = oneToken ? step(front, state) : scan(front, state);
        Back back = back(scan.y(), front.z());
        return new Pass(residual.add(back.mixerOut()), new LayerState(front.convWindow(), scan.state()));
    }

    /**
     * What a layer leaves.
     *
     * @param residual the residual stream after the layer, {@code [batch, length, dModel]}
     * @param state to carry on from
     */
    record Pass(NDArray residual, LayerState state) {}
}
