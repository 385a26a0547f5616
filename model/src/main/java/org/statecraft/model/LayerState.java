package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
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

    /** Views that belong to {@code scope}, so that what is computed from them does too. */
    LayerState in(NDManager scope) {
        return new LayerState(Weight.in(scope, convWindow), Weight.in(scope, state));
    }

    /** The same state; its window is a copy, because a view would keep the columns of all tokens in memory. */
    LayerState compact() {
        // DJL's duplicate(), which is also its concat() of one array, would cut the copy off from the graph
        return new LayerState(NDArrays.stack(new NDList(convWindow)).squeeze(0), state);
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
