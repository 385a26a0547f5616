package org.statecraft.model.safetensors;

import ai.djl.ndarray.types.Shape;
import java.nio.channels.FileChannel;
import org.statecraft.model.files.IOConsumer;

/**
 * A tensor to be written whose bytes are made when its turn comes.
 *
 * @param content appends all its bytes to the channel that it is given: row-major, little-endian
 */
public record TensorBytes(String name, DType dtype, Shape shape, IOConsumer<FileChannel> content) {
    /** Its size in the file. */
    public long bytes() {
        return shape.size() * dtype.bytes();
    }
}
