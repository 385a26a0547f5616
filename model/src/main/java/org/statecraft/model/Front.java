package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/**
 * What a layer's front stage hands to the scan.
 *
 * @param z gate branch, {@code [batch, length, dInner]}
 * @param x {@code [batch, length, heads, headDim]}
 * @param B {@code [batch, length, groups, state]}
 * @param C {@code [batch, length, groups, state]}
 * @param delta step sizes, {@code [batch, length, heads]}, 0 at padding
 * @param a log-decays {@code delta·A ≤ 0}, {@code [batch, length, heads]}
 * @param convWindow the convolution's input columns to carry on, {@code [batch, channels, convKernel - 1]}
 */
public record Front(NDArray z, NDArray x, NDArray B, NDArray C, NDArray delta, NDArray a, NDArray convWindow) {}
