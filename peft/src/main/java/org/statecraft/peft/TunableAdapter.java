package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.statecraft.model.Adapter;

/**
 * An adapter whose parameters can be trained and stored: what every tuning method gives to the trainer and to the files.
 *
 * <p>The parameters are float32, whatever the model computes in, and belong to the adapter until it is closed.
 */
public interface TunableAdapter extends Adapter, AutoCloseable {

    /** The method as {@code peft_type} in {@code adapter_config.json} spells it. */
    String type();

    /** What {@code adapter_config.json} says about this adapter beyond what every adapter has. */
    Map<String, Object> config();

    /** The trained tensors by their names in the PEFT layout, always in the same order. */
    Map<String, NDArray> parameters();

    /** The layers that the method is meant to act on; empty for one that acts before the first layer only. */
    List<Integer> layers();

    /**
     * The parameters that must have a gradient other than 0 before the first update. Of two factors whose product starts at 0
     * it is the one that is 0, as the other has no effect yet.
     */
    Set<String> movedFirst();

    /** True for an adapter with initial values, which must not change what the model computes; false for a stored one. */
    boolean untrained();

    /** Number of trained values. */
    default long parameterCount() {
        return parameters().values().stream().mapToLong(NDArray::size).sum();
    }

    @Override
    void close();
}
