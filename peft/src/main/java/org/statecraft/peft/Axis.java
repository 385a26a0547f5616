package org.statecraft.peft;

/**
 * What an axis of a trained tensor runs along. It says which entries remain when a layer is sliced: an adapter then follows its
 * model by index.
 */
public enum Axis {
    /** Heads of a layer. */
    HEADS,
    /** Channels of a head. */
    HEAD_DIM,
    /** All channels of the scan, head by head. */
    INNER,
    /** N, columns of the state. */
    STATE,
    /** Channels of the convolution: x, and in Mamba-2 B and C. */
    CONV_CHANNELS,
    /** Rows of {@code in_proj}. */
    PROJECTION,
    /** Rows of Mamba-1's {@code x_proj}. */
    SELECTION,
    /** The residual stream. */
    MODEL,
    /** Rows of the embedding. */
    VOCABULARY,
    /** Several channels or columns in one entry: slicing cannot follow. */
    MIXED,
    /** Something that slicing does not touch: a rank, taps, virtual tokens. */
    OWN
}
