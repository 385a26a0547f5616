package org.statecraft.peft;

import ai.djl.ndarray.types.Shape;
import java.util.List;

/**
 * A trained tensor before it exists.
 *
 * @param key its name in the PEFT layout, see {@link PeftKeys}
 * @param axes what its axes run along, one for each
 * @param initial values of an untrained one
 */
public record TensorSpec(String key, Shape shape, List<Axis> axes, Initial initial) {
    public TensorSpec {
        axes = List.copyOf(axes);
        if (axes.size() != shape.dimension()) {
            throw new IllegalArgumentException(key + ": " + axes + " for the shape " + shape);
        }
    }
}
