package org.statecraft.model;

import ai.djl.ndarray.NDManager;
import java.util.List;

/** The carried state of all layers after some tokens: everything that is needed to go on. */
public record ModelState(List<LayerState> layers) implements AutoCloseable {
    public ModelState {
        layers = List.copyOf(layers);
    }

    /** Moves the arrays to another manager, so that they outlive the pass that made them. */
    public void attach(NDManager manager) {
        layers.forEach(layer -> layer.attach(manager));
    }

    @Override
    public void close() {
        for (LayerState layer : layers) {
            layer.convWindow().close();
            layer.state().close();
        }
    }
}
