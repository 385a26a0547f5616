package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/**
 * What a layer's front stage hands to the scan. Mamba-1 has one head and one group.
 *
 * @param z gate branch, {@code [batch, length, dInner]}
 * @param x {@code [batch, length, heads, headDim]}
 * @param B {@code [batch, length, groups, state]}
 * @param C {@code [batch, length, groups, state]}
 * @param delta step sizes, 0 at padding: one for each head, {@code [batch, length, heads]}; Mamba-1: one for each channel,
 *     {@code [batch, length, dInner]}
 * @param convWindow the convolution's input columns to carry on, {@code [batch, channels, convKernel - 1]}
 */
public record Front(NDArray z, NDArray x, NDArray B, NDArray C, NDArray delta, NDArray convWindow) {}
