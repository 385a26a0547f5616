package org.statecraft.model.safetensors;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.safetensors.SafetensorsException.Kind;

/**
 * The header of a safetensors file, free of contradictions: the tensors lie one behind the other without gap or overlap and
 * end where the file ends.
 *
 * @param tensors by name, in the order of their bytes
 */
record Header(Map<String, TensorInfo> tensors, Map<String, String> metadata) {

    /** Builds the description of one tensor if its shape, its type and its range of bytes agree. */
    static TensorInfo tensor(Path file, String name, DType dtype, long[] dimensions, long[] offsets) {
        Shape shape = new Shape(dimensions);
        long begin = offsets[0];
        long end = offsets[1];
        if (begin > end) {
            throw SafetensorsException.of(
                    Kind.OFFSETS,
                    file,
                    name,
                    "the offsets [" + begin + ", " + end + "]",
                    "the first not above the second");
        }
        long bytes = size(file, name, dtype, dimensions);
        if (end - begin != bytes) {
            throw SafetensorsException.of(
                    Kind.SIZE_MISMATCH,
                    file,
                    name,
                    (end - begin) + " bytes at [" + begin + ", " + end + "]",
                    bytes + " bytes for " + dtype + " of shape " + shape);
        }
        return new TensorInfo(name, dtype, shape, begin, end);
    }

    private static long size(Path file, String name, DType dtype, long[] dimensions) {
        try {
            long bytes = dtype.bytes();
            for (long dimension : dimensions) {
                bytes = Math.multiplyExact(bytes, dimension);
            }
            return bytes;
        } catch (ArithmeticException e) {
            throw SafetensorsException.of(
                    Kind.SHAPE, file, name, "the shape " + new Shape(dimensions), "fewer than 2^63 bytes");
        }
    }

    /** Orders the tensors by offset and checks that they tile the {@code dataBytes} bytes behind the header. */
    static Header of(Path file, Collection<TensorInfo> unordered, Map<String, String> metadata, long dataBytes) {
        List<TensorInfo> ordered = unordered.stream()
                .sorted(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end))
                .toList();
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        long position = 0;
        for (TensorInfo tensor : ordered) {
            if (tensor.end() > dataBytes) {
                throw SafetensorsException.of(
                        Kind.FILE_TRUNCATED,
                        file,
                        tensor.name(),
                        dataBytes + " bytes behind the header",
                        "at least " + tensor.end());
            }
            if (tensor.begin() != position) {
                throw SafetensorsException.of(
                        tensor.begin() < position ? Kind.OVERLAP : Kind.HOLE,
                        file,
                        tensor.name(),
                        "its first byte at " + tensor.begin(),
                        "it at " + position + ", where the tensor before it ends");
            }
            tensors.put(tensor.name(), tensor);
            position = tensor.end();
        }
        if (position != dataBytes) {
            throw SafetensorsException.of(
                    Kind.TRAILING_BYTES,
                    file,
                    (dataBytes - position) + " bytes behind the last tensor",
                    "the end of the file there");
        }
        return new Header(Collections.unmodifiableMap(tensors), Map.copyOf(metadata));
    }
}
