package org.statecraft.model.safetensors;

import ai.djl.ndarray.types.Shape;

/**
 * One tensor of a safetensors file as its header describes it; row-major.
 *
 * @param begin offset of the first byte, counted from the end of the header
 * @param end offset behind the last byte, counted the same way
 */
public record TensorInfo(String name, DType dtype, Shape shape, long begin, long end) {
    /** Bytes in the file. */
    public long bytes() {
        return end - begin;
    }

    /** Number of elements; 1 for a scalar, whose shape is empty. */
    public long elements() {
        return bytes() / dtype.bytes();
    }
}
