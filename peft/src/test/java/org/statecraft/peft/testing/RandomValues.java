package org.statecraft.peft.testing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import org.statecraft.peft.TunableAdapter;

/** Repeatable values between -1 and 1. */
public final class RandomValues {
    private RandomValues() {}

    public static NDArray array(NDManager scope, Shape shape, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[(int) shape.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return scope.create(values, shape);
    }

    /** Adds random values up to a size to every parameter of an adapter. */
    public static void nudge(TunableAdapter adapter, double size, long seed) {
        long next = seed;
        for (NDArray parameter : adapter.parameters().values()) {
            try (NDManager scope = parameter.getManager().newSubManager()) {
                parameter.addi(array(scope, parameter.getShape(), next++).mul(size));
            }
        }
    }

    /** Overwrites every parameter of an adapter. */
    public static void fill(TunableAdapter adapter, long seed) {
        long next = seed;
        for (NDArray parameter : adapter.parameters().values()) {
            try (NDManager scope = parameter.getManager().newSubManager()) {
                NDArray flat = parameter.reshape(parameter.size());
                flat.attach(scope);
                flat.set(new NDIndex(":"), array(scope, flat.getShape(), next++));
            }
        }
    }
}
