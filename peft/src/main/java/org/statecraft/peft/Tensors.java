package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;

/**
 * The trained tensors of an adapter in their fixed order. They lie on the model's device in float32 and are released with the
 * model, if not before.
 */
public final class Tensors implements AutoCloseable {
    private final NDManager manager;
    private final List<TensorSpec> specs;
    private final Map<String, NDArray> arrays;
    private final boolean untrained;

    private Tensors(NDManager manager, List<TensorSpec> specs, Map<String, NDArray> arrays, boolean untrained) {
        this.manager = manager;
        this.specs = List.copyOf(specs);
        this.arrays = Collections.unmodifiableMap(arrays);
        this.untrained = untrained;
    }

    /**
     * Tensors with initial values.
     *
     * @param seed decides everything random in them
     */
    public static Tensors create(LanguageModel model, List<TensorSpec> specs, long seed) {
        NDManager manager = model.newScope();
        SplittableRandom random = new SplittableRandom(seed);
        Map<String, NDArray> arrays = new LinkedHashMap<>();
        for (TensorSpec spec : specs) {
            arrays.put(spec.key(), spec.initial().make(manager, spec.shape(), random));
        }
        return new Tensors(manager, specs, arrays, true);
    }

    /**
     * Stored tensors.
     *
     * @throws InputException when they are not exactly those of the specifications; every problem is named
     */
    public static Tensors load(LanguageModel model, StoredAdapter stored, List<TensorSpec> specs) {
        NDManager manager = model.newScope();
        try {
            Map<String, Shape> expected = new LinkedHashMap<>();
            specs.forEach(spec -> expected.put(spec.key(), spec.shape()));
            return new Tensors(manager, specs, stored.parameters(manager, expected), false);
        } catch (RuntimeException e) {
            manager.close();
            throw e;
        }
    }

    /** The tensor of that key; null for a key that is none. */
    public NDArray get(String key) {
        return arrays.get(key);
    }

    public Map<String, NDArray> all() {
        return arrays;
    }

    public List<TensorSpec> specs() {
        return specs;
    }

    /** Whether they have initial values, not stored ones. */
    public boolean untrained() {
        return untrained;
    }

    @Override
    public void close() {
        manager.close();
    }
}
