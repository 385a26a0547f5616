package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What all methods share: an adapter over its {@link Tensors}. */
public abstract class TensorAdapter implements TunableAdapter {
    private final Tensors tensors;

    protected TensorAdapter(Tensors tensors) {
        this.tensors = tensors;
    }

    protected final Tensors tensors() {
        return tensors;
    }

    @Override
    public final Map<String, NDArray> parameters() {
        return tensors.all();
    }

    @Override
    public final Map<String, List<Axis>> axes() {
        return tensors.specs().stream().collect(Collectors.toMap(TensorSpec::key, TensorSpec::axes));
    }

    /** Every layer that has a tensor. */
    @Override
    public List<Integer> layers() {
        return parameters().keySet().stream()
                .map(PeftKeys::layer)
                .filter(layer -> layer >= 0)
                .distinct()
                .sorted()
                .toList();
    }

    /** All tensors; a method with factors leaves out those that have no effect at first. */
    @Override
    public Set<String> movedFirst() {
        return parameters().keySet();
    }

    @Override
    public final boolean untrained() {
        return tensors.untrained();
    }

    @Override
    public final void close() {
        tensors.close();
    }
}
