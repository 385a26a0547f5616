package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/**
 * What the back stage computes.
 *
 * @param outProjInput gated and normalised, {@code [batch, length, dInner]}
 * @param mixerOut what the layer adds to the residual stream, {@code [batch, length, dModel]}
 */
public record Back(NDArray outProjInput, NDArray mixerOut) {}
