package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/**
 * What the scan hands to the back stage.
 *
 * @param y {@code [batch, length, heads, headDim]}, the skip {@code D·x} included
 * @param state after the last token, {@code [batch, heads, headDim, state]}
 */
public record Scan(NDArray y, NDArray state) {}
