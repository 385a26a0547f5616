package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.statecraft.model.Constants;

/** The values that a trained tensor starts from. */
@FunctionalInterface
public interface Initial {

    /**
     * A new array.
     *
     * @param random the only source of randomness, so that a seed decides everything
     */
    NDArray make(NDManager owner, Shape shape, SplittableRandom random);

    static Initial zeros() {
        return (owner, shape, random) -> owner.zeros(shape);
    }

    static Initial ones() {
        return (owner, shape, random) -> owner.ones(shape);
    }

    /** Uniform within {@code ±1/√in} with the last axis as inputs: Kaiming's bound for {@code a = √5}. */
    static Initial kaimingUniform() {
        return (owner, shape, random) -> {
            double bound = 1 / Math.sqrt((double) shape.get(shape.dimension() - 1));
            return filled(owner, shape, () -> bound * (2 * random.nextDouble() - 1));
        };
    }

    /** Normal around 0. */
    static Initial normal(double deviation) {
        return (owner, shape, random) -> filled(owner, shape, () -> deviation * random.nextGaussian());
    }

    /** A copy of present values of the same size. */
    static Initial copyOf(NDArray values) {
        return (owner, shape, random) -> {
            try (NDArray view = values.reshape(shape)) {
                NDArray copy = view.stopGradient().duplicate();
                copy.attach(owner);
                return copy;
            }
        };
    }

    private static NDArray filled(NDManager owner, Shape shape, DoubleSupplier next) {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) next.getAsDouble();
        }
        return Constants.array(owner, values, shape);
    }
}
