package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * What one layer carries from token to token.
 *
 * @param convWindow the last {@code convKernel - 1} columns of the convolution's input, oldest first,
 *     {@code [batch, channels, convKernel - 1]}; zeros where there was no token
 * @param state the recurrent state, {@code [batch, heads, headDim, state]}, float32
 */
public record LayerState(NDArray convWindow, NDArray state) {
    void attach(NDManager manager) {
        convWindow.attach(manager);
        state.attach(manager);
    }
}
