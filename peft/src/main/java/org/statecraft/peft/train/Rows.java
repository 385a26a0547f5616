package org.statecraft.peft.train;

/** How examples of different lengths go through the model together. Loss and gradients are the same up to rounding. */
public enum Rows {
    /** One after another without padding, each from its own start: {@link org.statecraft.model.TokenBatch#packed}. */
    PACKED,
    /** Side by side, padded on the right to the longest: {@link org.statecraft.model.TokenBatch#padded}. */
    PADDED
}
