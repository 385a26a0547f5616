package org.statecraft.model;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.statecraft.model.safetensors.TensorInfo;

/** The shapes of a layer's stored tensors; notes what does not fit. */
public final class LayerTensors {
    private final Map<String, TensorInfo> tensors;
    private final String prefix;
    private final Set<String> expected;
    private final List<String> problems;

    /**
     * One part of a checkpoint.
     *
     * @param prefix of all names that are asked for
     * @param expected collects the names that were asked for
     * @param problems collects the differences
     */
    LayerTensors(Map<String, TensorInfo> tensors, String prefix, Set<String> expected, List<String> problems) {
        this.tensors = tensors;
        this.prefix = prefix;
        this.expected = expected;
        this.problems = problems;
    }

    public boolean has(String name) {
        return tensors.containsKey(prefix + name);
    }

    /** One dimension of a stored tensor; {@code otherwise} where there is none, which {@link #check} reports. */
    public long size(String name, int axis, long otherwise) {
        if (!has(name)) {
            return otherwise;
        }
        Shape shape = tensors.get(prefix + name).shape();
        return shape.dimension() > axis && shape.get(axis) > 0 ? shape.get(axis) : otherwise;
    }

    /** Notes something wrong with a tensor. */
    public void problem(String name, String problem) {
        problems.add(prefix + name + " " + problem);
    }

    /** Notes a size that differs from what the configuration says under {@code key}. */
    public void compare(String name, String key, long configured, long inferred) {
        if (configured != inferred) {
            problems.add(prefix + name + " means " + key + " = " + inferred + ", the configuration says " + configured);
        }
    }

    /** Notes a tensor that is missing or has another shape. */
    public void check(String name, long... wanted) {
        expected.add(prefix + name);
        if (!has(name)) {
            problems.add(prefix + name + " is missing, expected shape " + Arrays.toString(wanted));
            return;
        }
        Shape shape = tensors.get(prefix + name).shape();
        if (!Arrays.equals(shape.getShape(), wanted)) {
            problems.add(prefix + name + " has shape " + shape + ", expected " + new Shape(wanted));
        }
    }

    /** As {@link #check}, for a tensor that may be absent. */
    public void optional(String name, long... wanted) {
        if (has(name)) {
            check(name, wanted);
        }
    }

    /**
     * As {@link #optional}, and notes a bias that is there although the configuration says no, or the other way round.
     *
     * @param said what stands under {@code key}; null where nothing does
     */
    public void bias(String name, String key, Boolean said, long... wanted) {
        if (said != null && said != has(name)) {
            problem(
                    name,
                    (has(name) ? "is there" : "is missing") + ", although the configuration says " + key + " = "
                            + said);
        }
        optional(name, wanted);
    }
}
