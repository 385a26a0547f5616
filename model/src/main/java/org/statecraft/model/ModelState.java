package org.statecraft.model;

import ai.djl.ndarray.NDArray;
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

    /** A copy that belongs to {@code manager} and that nobody else changes. */
    public ModelState copy(NDManager manager) {
        return new ModelState(layers.stream().map(layer -> layer.copy(manager)).toList());
    }

    /** A copy of some rows of the batch, in the order given; a row may be taken several times. Same manager. */
    public ModelState rows(int... rows) {
        NDManager manager = layers.get(0).state().getManager();
        try (NDArray indices = manager.create(rows)) {
            return new ModelState(
                    layers.stream().map(layer -> layer.rows(indices)).toList());
        }
    }

    @Override
    public void close() {
        for (LayerState layer : layers) {
            layer.convWindow().close();
            layer.state().close();
        }
    }
}
