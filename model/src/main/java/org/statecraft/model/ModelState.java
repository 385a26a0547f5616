package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

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

    /** The rows of several states one after another; takes over the states, of which there are at least two. */
    static ModelState joined(List<ModelState> parts) {
        List<LayerState> joined = IntStream.range(0, parts.get(0).layers.size())
                .mapToObj(i ->
                        new LayerState(joined(parts, i, LayerState::convWindow), joined(parts, i, LayerState::state)))
                .toList();
        parts.forEach(ModelState::close);
        return new ModelState(joined);
    }

    private static NDArray joined(List<ModelState> parts, int layer, Function<LayerState, NDArray> which) {
        return NDArrays.concat(
                new NDList(parts.stream()
                        .map(part -> which.apply(part.layers.get(layer)))
                        .toList()),
                0);
    }

    @Override
    public void close() {
        for (LayerState layer : layers) {
            layer.convWindow().close();
            layer.state().close();
        }
    }
}
