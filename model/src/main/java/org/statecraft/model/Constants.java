package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Numbers that a backward pass may read.
 *
 * <p>DJL wraps the memory of arrays and of plain numbers that come from the JVM ({@code create}, {@code mul(2)}, {@code pow(-0.5)},
 * {@code minimum(x, 0)}) and lets go of it when the array is closed. PyTorch, which keeps operands of a product, a quotient, a
 * power or a minimum for the backward pass, then reads memory that the garbage collector may have freed. What takes part in
 * such an operation on the way to a loss must come from here, from {@code zeros}, {@code ones} or {@code full}, or from another
 * operation.
 */
public final class Constants {
    private Constants() {}

    /** A number in native memory. */
    public static NDArray scalar(NDManager scope, double value) {
        return scope.full(new Shape(), (float) value);
    }

    /** A copy in native memory; its alignment, too, is always the same. */
    public static NDArray array(NDManager scope, float[] values, Shape shape) {
        try (NDArray wrapped = scope.create(values, shape)) {
            return wrapped.duplicate();
        }
    }

    /** Positions in native memory. */
    static NDArray array(NDManager scope, long... values) {
        try (NDArray wrapped = scope.create(values)) {
            return wrapped.duplicate();
        }
    }
}
