package org.statecraft.model.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.statecraft.model.pickle.PickleException.Kind;

/**
 * Reads little-endian numbers and texts from a range of a file, one after the other, through one small buffer. A range that
 * ends too early is an error of the kind given.
 */
final class Region {
    /** Longer than the name of any tensor, any file in an archive or any Python function. */
    static final int MAX_TEXT = 4096;

    private static final int BUFFER_BYTES = 8192;

    private final Path file;
    private final FileChannel channel;
    private final MemoryBudget budget;
    private final ByteBuffer buffer =
            ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN).limit(0);

    private String part = "";
    private Kind tooShort = Kind.ZIP_DIRECTORY;
    private long begin;
    private long end;
    /** Of the first byte behind the buffer. */
    private long next;
    /** To which messages point. */
    private long marked;

    Region(Path file, FileChannel channel, MemoryBudget budget) {
        this.file = file;
        this.channel = channel;
        this.budget = budget;
    }

    /** Turns to another range, which must lie inside the file. */
    Region at(String name, Kind kindOfAnEarlyEnd, long from, long to) {
        part = name;
        tooShort = kindOfAnEarlyEnd;
        begin = from;
        end = to;
        next = from;
        marked = from;
        buffer.limit(0);
        return this;
    }

    Path file() {
        return file;
    }

    /** Of the next byte, in the file. */
    long position() {
        return next - buffer.remaining();
    }

    long remaining() {
        return end - position();
    }

    boolean atEnd() {
        return remaining() == 0;
    }

    /** From now on, messages point to the next byte. */
    void mark() {
        marked = position();
    }

    PickleException fail(Kind kind, String found, String expected) {
        return PickleException.of(
                kind, file, PickleException.printable(part) + ", byte " + (marked - begin), found, expected);
    }

    int u1() throws IOException {
        return Byte.toUnsignedInt(need(1).get());
    }

    int u2() throws IOException {
        return Short.toUnsignedInt(need(2).getShort());
    }

    int i4() throws IOException {
        return need(4).getInt();
    }

    long u4() throws IOException {
        return Integer.toUnsignedLong(i4());
    }

    long i8() throws IOException {
        return need(8).getLong();
    }

    void skip(long bytes) throws IOException {
        for (long left = bytes; left > 0; ) {
            int some = (int) Math.min(left, BUFFER_BYTES);
            need(some);
            buffer.position(buffer.position() + some);
            left -= some;
        }
    }

    /** A text of so many bytes of UTF-8. */
    String text(long bytes) throws IOException {
        if (bytes > MAX_TEXT) {
            throw fail(Kind.TOO_LONG, "a text of " + bytes + " bytes", "at most " + MAX_TEXT);
        }
        int length = (int) bytes;
        budget.charge(256 + 16 * bytes);
        need(length);
        String text = decode(buffer.slice(buffer.position(), length));
        buffer.position(buffer.position() + length);
        return text;
    }

    /** A text that ends with a line feed, which is not part of it. */
    String line() throws IOException {
        ByteBuffer line = ByteBuffer.allocate(256);
        budget.charge(1024);
        for (int c = u1(); c != '\n'; c = u1()) {
            if (!line.hasRemaining()) {
                throw fail(Kind.TOO_LONG, "a name of more than " + line.capacity() + " bytes", "a shorter one");
            }
            line.put((byte) c);
        }
        return decode(line.flip());
    }

    private String decode(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw fail(Kind.STRUCTURE, "a text that is not UTF-8", "UTF-8");
        }
    }

    /** The buffer, with at least so many bytes in it. */
    private ByteBuffer need(int bytes) throws IOException {
        if (bytes > remaining()) {
            throw fail(tooShort, "the end after " + (end - begin) + " bytes", "more");
        }
        if (buffer.remaining() < bytes) {
            buffer.compact();
            buffer.limit((int) Math.min(buffer.capacity(), buffer.position() + (end - next)));
            while (buffer.position() < bytes) {
                int read = channel.read(buffer, next);
                if (read < 0) {
                    throw new EOFException("the file became shorter while it was read");
                }
                next += read;
            }
            buffer.flip();
        }
        return buffer;
    }
}
