package org.statecraft.model;

/** The named places of a layer whose values can be observed, in the order in which a forward pass reaches them. */
public enum Site {
    /** Gate branch before its activation, {@code [batch, length, dInner]}. */
    Z,
    /** Convolved and activated scan input, {@code [batch, length, heads, headDim]}. */
    X,
    /** Convolved and activated input map of the state, {@code [batch, length, groups, state]}. */
    B,
    /** Convolved and activated read-out map of the state, {@code [batch, length, groups, state]}. */
    C,
    /** Step size after bias, softplus and limits, {@code [batch, length, heads]}; Mamba-1: {@code [batch, length, dInner]}. */
    DELTA,
    /** Scan output with the skip {@code D·x} and after read-out operators, {@code [batch, length, heads, headDim]}. */
    Y,
    /** What {@code out_proj} sees: gated and, in Mamba-2, normalised, {@code [batch, length, dInner]}. */
    OUT_PROJ_INPUT,
    /** What the layer adds to the residual stream, {@code [batch, length, dModel]}. */
    MIXER_OUT,
    /** The residual stream after the layer, {@code [batch, length, dModel]}. */
    RESIDUAL
}
