package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.statecraft.model.script.ScriptModule;

/**
 * A matrix in another format than float32: the list of tensors that {@code linear.py} describes. What is in the tensors is the
 * scripts' business, since DJL knows no bfloat16.
 *
 * @param shape {@code [rows, in]}
 */
record StoredMatrix(MatrixFormat format, Shape shape, List<NDArray> tensors) implements Stored {
    private static final ScriptModule SCRIPT = ScriptModule.load("formats", "linear");

    /**
     * Stores the values of a matrix.
     *
     * @param owner manager of the new tensors
     * @param matrix {@code [rows, in]} float32
     * @param exact how many of the last rows stay float32, at least
     */
    static StoredMatrix of(NDManager owner, NDArray matrix, MatrixFormat format, long exact) {
        Shape shape = matrix.getShape();
        MatrixFormat possible = format.forWidth(shape.get(1));
        long kept = possible.float32Rows(shape.get(0), exact);
        NDArray[] tensors = SCRIPT.call(owner, possible.toString(), matrix, kept);
        return new StoredMatrix(possible, shape, List.of(tensors));
    }

    @Override
    public NDArray value(NDManager scope) {
        return SCRIPT.call(scope, "value", tensors)[0];
    }

    @Override
    public NDArray apply(NDArray x) {
        return SCRIPT.call(x.getManager(), "linear", x, tensors, null)[0];
    }

    @Override
    public long bytes() {
        NDManager owner = tensors.get(0).getManager();
        try (NDArray bytes = SCRIPT.call(owner, "bytes", tensors)[0]) {
            return bytes.getLong();
        }
    }
}
