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

    LayerState copy(NDManager manager) {
        LayerState copy = new LayerState(convWindow.duplicate(), state.duplicate());
        copy.attach(manager);
        return copy;
    }

    LayerState rows(NDArray indices) {
        return new LayerState(convWindow.get(indices), state.get(indices));
    }
}
