package org.statecraft.model.safetensors;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.statecraft.model.InputException;
import org.statecraft.model.NearestNames;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.safetensors.SafetensorsException.Kind;

/**
 * One open safetensors file. Opening reads and validates the header only. Neither the file nor a tensor has a limit of 2 GiB.
 *
 * <p>Arrays outlive the file and may be updated in place, which never reaches it. {@link #float32} and {@link #array} give
 * arrays that own their memory, which PyTorch allocated: its alignment keeps the results of matrix products reproducible,
 * wherever the values come from. Arrays of {@link #mappedFloat32} share the memory of the file.
 */
public final class SafetensorsFile implements Closeable {
    private static final int LENGTH_BYTES = Long.BYTES;

    /** A tensor is read in pieces of this many elements, so that its bytes are not in memory twice. */
    private static final long BLOCK_ELEMENTS = 1L << 20;

    private final Path path;
    private final FileChannel channel;
    /** Nothing is ever written, but Java grants private maps only where it could be. */
    private final boolean writable;

    private final Header header;
    private final long dataBegin;

    private SafetensorsFile(Path path, FileChannel channel, boolean writable, Header header, long dataBegin) {
        this.path = path;
        this.channel = channel;
        this.writable = writable;
        this.header = header;
        this.dataBegin = dataBegin;
    }

    /**
     * Opens a file and validates its whole header.
     *
     * @throws SafetensorsException when the file breaks the format
     * @throws InputException when it cannot be read
     */
    public static SafetensorsFile open(Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw new FileSystemException(path.toString(), null, "Is a directory");
            }
            boolean writable = Files.isWritable(path);
            FileChannel channel = FileChannel.open(
                    path,
                    writable
                            ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE)
                            : Set.of(StandardOpenOption.READ));
            try {
                return read(path, channel, writable);
            } catch (IOException | RuntimeException | Error e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw IoFailures.reading(path, e);
        }
    }

    private static SafetensorsFile read(Path path, FileChannel channel, boolean writable) throws IOException {
        long size = channel.size();
        if (size < LENGTH_BYTES) {
            throw SafetensorsException.of(Kind.FILE_TOO_SHORT, path, size + " bytes", "at least 8");
        }
        long length = readFully(channel, 0, LENGTH_BYTES).getLong();
        long limit = Math.min(HeaderParser.MAX_BYTES, size - LENGTH_BYTES);
        if (length < 0 || length > limit) {
            throw SafetensorsException.of(
                    Kind.HEADER_LENGTH,
                    path,
                    "a header length of " + Long.toUnsignedString(length) + " in a file of " + size + " bytes",
                    "at most " + limit);
        }
        long dataBegin = LENGTH_BYTES + length;
        byte[] json = readFully(channel, LENGTH_BYTES, (int) length).array();
        return new SafetensorsFile(
                path, channel, writable, HeaderParser.parse(path, json, size - dataBegin), dataBegin);
    }

    private static ByteBuffer readFully(FileChannel channel, long position, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    public Path path() {
        return path;
    }

    /** All tensors by name, in the order of their bytes. */
    public Map<String, TensorInfo> tensors() {
        return header.tensors();
    }

    /** The strings under {@code __metadata__}; empty when there are none. */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /**
     * The description of one tensor.
     *
     * @throws InputException when there is none of that name; the message suggests similar ones
     */
    public TensorInfo info(String name) {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw missing(path, name, header.tensors());
        }
        return info;
    }

    static InputException missing(Path place, String name, Map<String, TensorInfo> present) {
        List<String> similar = NearestNames.to(name, present.keySet()).stream()
                .map(SafetensorsException::quote)
                .toList();
        return new InputException(place.toAbsolutePath() + ": there is no tensor \"" + name + "\" among the "
                + present.size() + " tensors"
                + (similar.isEmpty() ? "." : "; similar names: " + String.join(", ", similar) + "."));
    }

    /**
     * The stored bytes, little-endian and read-only, valid as long as the file is not changed.
     *
     * @throws InputException when the tensor is larger than a buffer can be, 2 GiB
     */
    public ByteBuffer bytes(String name) {
        TensorInfo info = info(name);
        if (info.bytes() > Integer.MAX_VALUE) {
            throw new InputException(path.toAbsolutePath() + ": tensor \"" + name + "\" has " + info.bytes()
                    + " bytes and cannot be seen as one buffer, only loaded as an array.");
        }
        return bytes(name, 0, info.bytes());
    }

    /** Some of the bytes of a tensor, at most 2 GiB. */
    ByteBuffer bytes(String name, long from, long count) {
        return map(MapMode.READ_ONLY, info(name).begin() + from, count);
    }

    /**
     * Loads a floating-point tensor as float32: exact for 16-bit types, rounded to nearest for {@link DType#F64}.
     *
     * @throws InputException when the tensor is missing or does not hold floating-point numbers
     */
    public NDArray float32(NDManager manager, String name) {
        return load(manager, floating(name), DataType.FLOAT32, BLOCK_ELEMENTS);
    }

    /**
     * As {@link #float32}, without a copy where that is possible: an {@link DType#F32} tensor on the CPU becomes a private map
     * of the file, whose pages come from the system's file cache when they are first read, may be dropped and read again, and
     * become memory of this process one by one when they are changed.
     *
     * <p>The map lasts as long as the manager. While it does, the file may be closed, deleted, or replaced by another under its
     * name, but not be rewritten in place. The array begins where the tensor does, so two files that hold a tensor at places
     * of different alignment may give products that differ in the last bits.
     *
     * @throws InputException when the tensor is missing or does not hold floating-point numbers
     */
    public NDArray mappedFloat32(NDManager manager, String name) {
        TensorInfo info = floating(name);
        return mappable(info, manager.getDevice())
                ? mapped(manager, info)
                : load(manager, info, DataType.FLOAT32, BLOCK_ELEMENTS);
    }

    private TensorInfo floating(String name) {
        TensorInfo info = info(name);
        if (!info.dtype().isFloating()) {
            throw new InputException(path.toAbsolutePath() + ": tensor \"" + name + "\" is " + info.dtype()
                    + ", expected one of F32, F16, BF16, F64. Check that the file belongs to this model.");
        }
        return info;
    }

    /** Whether the stored bytes can be an array as they are. */
    private boolean mappable(TensorInfo info, Device device) {
        return info.dtype() == DType.F32
                && !device.isGpu()
                && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                && info.bytes() > 0
                && info.bytes() <= Integer.MAX_VALUE
                && (dataBegin + info.begin()) % Float.BYTES == 0
                && writable;
    }

    private NDArray mapped(NDManager manager, TensorInfo info) {
        ByteBuffer memory = map(MapMode.PRIVATE, info.begin(), info.bytes());
        // DJL wraps a direct buffer as it is and holds it until the array is closed; views on the array and graphs that
        // it takes
        // part in may live longer, so the manager holds it, too
        manager.attachInternal(UUID.randomUUID().toString(), new Held(memory));
        return manager.create(memory, info.shape(), DataType.FLOAT32);
    }

    /** Keeps a map reachable: the garbage collector unmaps what is not. */
    private record Held(ByteBuffer memory) implements AutoCloseable {
        @Override
        public void close() {}
    }

    /**
     * Loads a tensor in its stored type; {@link DType#F16} and {@link DType#BF16} become float32, {@link DType#I16} becomes
     * int32 (all exact), because DJL has no usable arrays of these types.
     *
     * @throws InputException when the tensor is missing
     */
    public NDArray array(NDManager manager, String name) {
        TensorInfo info = info(name);
        return load(manager, info, info.dtype().arrayType(), BLOCK_ELEMENTS);
    }

    /** Loads through host memory, block by block. */
    NDArray load(NDManager manager, TensorInfo info, DataType type, long blockElements) {
        try (NDManager host = manager.newSubManager(Device.cpu())) {
            NDArray array = host.create(info.shape(), type);
            fill(array, info, blockElements);
            NDArray result = manager.getDevice().isGpu() ? array.toDevice(manager.getDevice(), true) : array;
            result.attach(manager);
            return result;
        }
    }

    private void fill(NDArray array, TensorInfo info, long blockElements) {
        NDArray flat = array.reshape(info.elements());
        int width = info.dtype().bytes();
        for (long first = 0; first < info.elements(); first += blockElements) {
            long count = Math.min(blockElements, info.elements() - first);
            ByteBuffer stored = readFully(info.begin() + first * width, (int) count * width);
            try (NDArray block = flat.get(new NDIndex("{}:{}", first, first + count))) {
                Elements.copy(info.dtype(), array.getDataType(), stored, block.toByteBuffer(true));
            }
        }
    }

    /** @param begin counted from the end of the header */
    private ByteBuffer readFully(long begin, int bytes) {
        try {
            requireLength(begin + bytes);
            return readFully(channel, dataBegin + begin, bytes);
        } catch (IOException e) {
            throw IoFailures.reading(path, e);
        }
    }

    /** @param begin counted from the end of the header */
    private ByteBuffer map(MapMode mode, long begin, long bytes) {
        try {
            requireLength(begin + bytes);
            return channel.map(mode, dataBegin + begin, bytes).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw IoFailures.reading(path, e);
        }
    }

    private void requireLength(long end) throws IOException {
        if (channel.size() < dataBegin + end) {
            throw SafetensorsException.of(
                    Kind.FILE_TRUNCATED,
                    path,
                    "only " + channel.size() + " bytes since it was opened",
                    "at least " + (dataBegin + end));
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw IoFailures.reading(path, e);
        }
    }
}
