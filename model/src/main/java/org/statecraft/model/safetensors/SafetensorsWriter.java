package org.statecraft.model.safetensors;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes arrays as a safetensors file, piece by piece: the heap never holds more than one piece. Equal tensors and metadata
 * give equal bytes, whatever the order of the maps.
 */
public final class SafetensorsWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int ALIGNMENT = 8;

    /** A tensor is written in pieces of this many elements. */
    private static final long BLOCK_ELEMENTS = 1L << 20;

    /** Large element types first keeps every tensor aligned to its element size. */
    private static final Comparator<TensorBytes> ORDER = Comparator.<TensorBytes>comparingInt(
                    tensor -> -tensor.dtype().bytes())
            .thenComparing(TensorBytes::name);

    private SafetensorsWriter() {}

    /**
     * Writes to exactly this path, replacing a file there; publishing by a rename is the caller's.
     *
     * @param tensors arrays of any device and layout, of the types float64, float32, float16, int64, int32, int8, uint8,
     *     boolean
     * @param metadata added to {@code {"format": "pt"}}, without which Hugging Face libraries refuse a file
     * @throws IOException when the operating system refuses
     * @throws IllegalArgumentException when a name is reserved or the format has no place for a type
     */
    public static void write(Path file, Map<String, NDArray> tensors, Map<String, String> metadata) throws IOException {
        List<TensorBytes> entries = tensors.entrySet().stream()
                .map(tensor -> entry(tensor.getKey(), tensor.getValue()))
                .toList();
        write(file, entries, metadata);
    }

    /**
     * Writes tensors of which only the bytes are known, and otherwise does the same.
     *
     * @param tensors with different names
     * @throws IOException when the operating system refuses, or a tensor's content fails
     * @throws IllegalArgumentException when a name is reserved
     */
    public static void write(Path file, Collection<TensorBytes> tensors, Map<String, String> metadata)
            throws IOException {
        List<TensorBytes> entries = tensors.stream().sorted(ORDER).toList();
        byte[] header = header(entries, metadata);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            writeFully(channel, length.putLong(header.length).flip());
            writeFully(channel, ByteBuffer.wrap(header));
            for (TensorBytes entry : entries) {
                long end = channel.position() + entry.bytes();
                entry.content().accept(channel);
                if (channel.position() != end) {
                    throw new IllegalStateException(
                            "tensor \"" + entry.name() + "\" wrote up to " + channel.position() + ", not up to " + end);
                }
            }
        }
    }

    /**
     * A float32 tensor that is made when its turn to be written comes, and released behind it.
     *
     * @param owner parent of the manager that {@code value} is given
     */
    public static TensorBytes float32(String name, Shape shape, NDManager owner, Function<NDManager, NDArray> value) {
        return new TensorBytes(name, DType.F32, shape, channel -> {
            try (NDManager scope = owner.newSubManager()) {
                writeArray(channel, value.apply(scope), BLOCK_ELEMENTS);
            }
        });
    }

    private static TensorBytes entry(String name, NDArray array) {
        DType dtype = DType.of(array.getDataType())
                .orElseThrow(() -> new IllegalArgumentException(
                        "tensor \"" + name + "\" has the type " + array.getDataType() + ", which cannot be stored"));
        return new TensorBytes(name, dtype, array.getShape(), channel -> writeArray(channel, array, BLOCK_ELEMENTS));
    }

    private static byte[] header(List<TensorBytes> entries, Map<String, String> metadata) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            writeMetadata(json, metadata);
            long position = 0;
            for (TensorBytes entry : entries) {
                if (entry.name().equals(HeaderParser.METADATA)) {
                    throw new IllegalArgumentException("a tensor cannot have the reserved name " + entry.name());
                }
                json.writeObjectFieldStart(entry.name());
                json.writeStringField("dtype", entry.dtype().name());
                json.writeFieldName("shape");
                long[] shape = entry.shape().getShape();
                json.writeArray(shape, 0, shape.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {position, position + entry.bytes()}, 0, 2);
                json.writeEndObject();
                position += entry.bytes();
            }
            json.writeEndObject();
        }
        byte[] text = bytes.toByteArray();
        byte[] padded = Arrays.copyOf(text, (text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        Arrays.fill(padded, text.length, padded.length, (byte) ' ');
        if (padded.length > HeaderParser.MAX_BYTES) {
            throw new IllegalArgumentException(
                    "the header would have " + padded.length + " bytes; the format allows " + HeaderParser.MAX_BYTES);
        }
        return padded;
    }

    private static void writeMetadata(JsonGenerator json, Map<String, String> metadata) throws IOException {
        Map<String, String> sorted = new TreeMap<>(Map.of("format", "pt"));
        sorted.putAll(metadata);
        json.writeObjectFieldStart(HeaderParser.METADATA);
        for (Map.Entry<String, String> entry : sorted.entrySet()) {
            json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
    }

    /** Slices first and moves afterwards, so that an array on a GPU needs no second copy of itself on the host. */
    static void writeArray(FileChannel channel, NDArray array, long blockElements) throws IOException {
        long elements = array.size();
        try (NDManager scope = array.getManager().newSubManager()) {
            NDArray flat = array.reshape(elements);
            flat.attach(scope);
            for (long first = 0; first < elements; first += blockElements) {
                try (NDManager piece = scope.newSubManager()) {
                    NDArray block = flat.get(new NDIndex("{}:{}", first, Math.min(first + blockElements, elements)));
                    block.attach(piece);
                    writeFully(channel, block.toByteBuffer());
                }
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
