package org.statecraft.model.pickle;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.pickle.PickleException.Kind;

/**
 * One open checkpoint of {@code torch.save}: a dictionary of tensors, or one under the key {@code model} or
 * {@code state_dict}. Opening reads names and shapes; the bytes of a tensor are read when it is copied.
 */
final class TorchFile implements Closeable {
    private static final List<String> WRAPPERS = List.of("model", "state_dict");
    private static final int NAMED_KEYS = 5;
    private static final long ITEM_COST = 160;

    /** A tensor is copied in pieces of this many bytes. */
    private static final long BLOCK_BYTES = 1L << 23;

    private static final int GATHERED_BYTES = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private final Map<String, Value.Tensor> tensors;

    private TorchFile(Path path, FileChannel channel, Map<String, Value.Tensor> tensors) {
        this.path = path;
        this.channel = channel;
        this.tensors = tensors;
    }

    /**
     * Opens a file and checks everything in it but the values of the tensors.
     *
     * @throws PickleException when it is damaged or holds something else than tensors
     * @throws org.statecraft.model.InputException when it cannot be read
     */
    static TorchFile open(Path path) {
        try {
            if (Files.isDirectory(path)) {
                throw new FileSystemException(path.toString(), null, "Is a directory");
            }
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new TorchFile(path, channel, read(path, channel));
            } catch (IOException | RuntimeException | Error e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw IoFailures.reading(path, e);
        }
    }

    private static Map<String, Value.Tensor> read(Path path, FileChannel channel) throws IOException {
        MemoryBudget budget = new MemoryBudget(path, channel.size());
        Region in = new Region(path, channel, budget);
        Archive archive = Archive.read(path, channel, in, budget);
        archive.requireLittleEndian(in);
        Value top = PickleDecoder.decode(in, archive, budget);
        Map<String, Value.Tensor> tensors = tensorsIn(top, budget);
        for (int i = 0; tensors == null && top instanceof Value.Dict wrapper && i < WRAPPERS.size(); i++) {
            tensors = tensorsIn(wrapper.items().get(WRAPPERS.get(i)), budget);
        }
        if (tensors == null) {
            throw PickleException.of(Kind.CONTENT, path, describe(top), "a dictionary of tensors");
        }
        return Collections.unmodifiableMap(tensors);
    }

    /** The tensors of a dictionary that holds nothing else, otherwise null. */
    private static Map<String, Value.Tensor> tensorsIn(Value value, MemoryBudget budget) {
        if (!(value instanceof Value.Dict dict) || dict.items().isEmpty()) {
            return null;
        }
        Map<String, Value.Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, Value> item : dict.items().entrySet()) {
            if (!(item.getValue() instanceof Value.Tensor tensor)) {
                return null;
            }
            budget.charge(ITEM_COST);
            tensors.put(item.getKey(), tensor);
        }
        return tensors;
    }

    private static String describe(Value value) {
        if (!(value instanceof Value.Dict dict)) {
            return value.what();
        }
        List<String> keys = new ArrayList<>();
        dict.items().entrySet().stream()
                .filter(item -> !(item.getValue() instanceof Value.Tensor))
                .limit(NAMED_KEYS)
                .forEach(item -> keys.add(PickleException.quote(item.getKey()) + " ("
                        + item.getValue().what() + ")"));
        return dict.what() + (keys.isEmpty() ? "" : " with " + String.join(", ", keys));
    }

    Path path() {
        return path;
    }

    /** All tensors by name, in the order of the pickle. */
    Map<String, Value.Tensor> tensors() {
        return tensors;
    }

    /**
     * Writes the elements of a tensor of this file, row by row, without a change of their bits.
     *
     * @param copied is told the bytes of every piece
     */
    void copy(Value.Tensor tensor, WritableByteChannel to, LongConsumer copied) throws IOException {
        Layout layout = tensor.layout();
        int width = tensor.storage().dtype().bytes();
        long begin = tensor.storage().entry().begin() + layout.offset() * width;
        if (layout.isContiguous()) {
            transfer(begin, tensor.bytes(), to, copied);
        } else if (layout.span() * width <= Integer.MAX_VALUE) {
            gather(channel.map(MapMode.READ_ONLY, begin, layout.span() * width), layout, width, to);
            copied.accept(tensor.bytes());
        } else {
            throw PickleException.of(
                    Kind.LAYOUT, path, "a tensor with gaps or swapped dimensions over more than 2 GiB", "less");
        }
    }

    private void transfer(long begin, long bytes, WritableByteChannel to, LongConsumer copied) throws IOException {
        long done = 0;
        while (done < bytes) {
            long piece = channel.transferTo(begin + done, Math.min(BLOCK_BYTES, bytes - done), to);
            if (piece <= 0) {
                throw new EOFException(path + " became shorter while it was read");
            }
            done += piece;
            copied.accept(piece);
        }
    }

    private static void gather(ByteBuffer from, Layout layout, int width, WritableByteChannel to) throws IOException {
        ByteBuffer row = ByteBuffer.allocate((int) Math.min(GATHERED_BYTES, layout.elements() * width));
        Layout.Walk walk = layout.walk();
        for (long element = 0; element < layout.elements(); element++) {
            row.put(row.position(), from, (int) walk.next() * width, width).position(row.position() + width);
            if (!row.hasRemaining() || element == layout.elements() - 1) {
                row.flip();
                while (row.hasRemaining()) {
                    to.write(row);
                }
                row.clear();
            }
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
