package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/** The values of a parameter as they lie in memory. */
sealed interface Stored permits Stored.Dense, StoredMatrix {

    Shape shape();

    /** What the {@code linear} of a script takes. */
    List<NDArray> tensors();

    /** As one float32 array, attached to {@code scope}. */
    NDArray value(NDManager scope);

    /** {@code x·Wᵀ}, attached to the manager of {@code x}; differentiable in {@code x}. */
    NDArray apply(NDArray x);

    /** Memory that the values take. */
    long bytes();

    /** A float32 array. */
    record Dense(NDArray values) implements Stored {
        @Override
        public Shape shape() {
            return values.getShape();
        }

        @Override
        public List<NDArray> tensors() {
            return List.of(values);
        }

        /** A view. */
        @Override
        public NDArray value(NDManager scope) {
            return Weight.in(scope, values);
        }

        @Override
        public NDArray apply(NDArray x) {
            return x.matMul(value(x.getManager()).transpose());
        }

        @Override
        public long bytes() {
            return values.size() * Float.BYTES;
        }
    }
}
