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

    /** What the axes of each trained tensor run along. */
    Map<String, List<Axis>> axes();

    /**
     * The tensors that a folder holds; {@link #parameters()} but for a method whose trained form is larger than what it makes.
     *
     * @return in a fixed order
     */
    default Map<String, NDArray> stored() {
        return parameters();
    }

    /**
     * Which entries of its first axis a trained tensor covers, ascending, by key; one that is not there covers all of them.
     */
    default Map<String, List<Integer>> covered() {
        return Map.of();
    }

    /** The layers that the method is meant to act on; empty for one that acts before the first layer only. */
    List<Integer> layers();

    /**
     * The parameters that must have a gradient other than 0 before the first update. Of two factors whose product starts at 0
     * it is the one that is 0, as the other has no effect yet.
     */
    Set<String> movedFirst();

    /** The parameters that weight decay leaves alone. */
    default Set<String> undecayed() {
        return Set.of();
    }

    /** True for an adapter with initial values; false for a stored one. */
    boolean untrained();

    /** Whether an untrained adapter leaves what the model computes as it is. */
    default boolean startsFromTheModel() {
        return true;
    }

    /**
     * Why the adapter cannot become part of the model's weights, as the end of a sentence; null for one that can, which acts through
     * {@link Adapter#weight} alone.
     */
    default String whyNotMerged() {
        return null;
    }

    /**
     * Why the adapter cannot become a snapshot that sequences start from, as the end of a sentence; null for one that can, which
     * acts through {@link Adapter#start} and {@link Adapter#promptRows} alone.
     */
    default String whyNotCompiled() {
        return "it acts on every token, not only on the start of a sequence";
    }

    /** What its user should know before it is trained, as a sentence without a full stop; null for nothing. */
    default String remark() {
        return null;
    }

    /** Number of trained values. */
    default long parameterCount() {
        return parameters().values().stream().mapToLong(NDArray::size).sum();
    }

    /** Of the trained values those that a model has more with the adapter; none where they stand in for stored ones. */
    default long addedCount() {
        return parameterCount();
    }

    @Override
    void close();
}
