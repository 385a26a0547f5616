package org.statecraft.model.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.statecraft.model.pickle.PickleException.Kind;

/**
 * The end of a zip archive, which says where the list of its entries lies. The list must end where the records behind it
 * begin, so an archive with something before or between is refused.
 *
 * @param begin of the list, in the file
 * @param end of the list
 */
record ZipEnd(long entries, long begin, long end) {
    private static final int RECORD = 0x06054b50;
    private static final int RECORD_BYTES = 22;
    private static final int LOCATOR = 0x07064b50;
    private static final int LOCATOR_BYTES = 20;
    private static final int RECORD64 = 0x06064b50;
    private static final int RECORD64_BYTES = 56;
    private static final int MAX_COMMENT = 0xffff;
    private static final long U2 = 0xffffL;
    private static final long U4 = 0xffffffffL;

    static ZipEnd of(Path file, FileChannel channel) throws IOException {
        long size = channel.size();
        ByteBuffer tail = read(channel, Math.max(0, size - RECORD_BYTES - MAX_COMMENT), size);
        int at = recordIn(file, tail);
        long position = size - tail.limit() + at;
        ZipEnd end = new ZipEnd(
                Short.toUnsignedLong(tail.getShort(at + 10)), Integer.toUnsignedLong(tail.getInt(at + 16)), position);
        long bytes = Integer.toUnsignedLong(tail.getInt(at + 12));
        requireOneDisk(
                file, tail.getShort(at + 4), tail.getShort(at + 6), tail.getShort(at + 8) - tail.getShort(at + 10));
        long locator = position - LOCATOR_BYTES;
        if (locator >= 0) {
            ByteBuffer found = read(channel, locator, position);
            if (found.getInt(0) == LOCATOR) {
                return zip64(file, channel, found, locator, end, bytes);
            }
        }
        return end.checked(file, bytes);
    }

    private static ZipEnd zip64(
            Path file, FileChannel channel, ByteBuffer locator, long locatorAt, ZipEnd small, long smallBytes)
            throws IOException {
        long at = locator.getLong(8);
        requireOneDisk(file, locator.getInt(4), locator.getInt(16) - 1);
        if (at != locatorAt - RECORD64_BYTES || at < 0) {
            throw broken(file, "a Zip64 record at " + at, "it right before its locator at " + locatorAt);
        }
        ByteBuffer record = read(channel, at, locatorAt);
        if (record.getInt(0) != RECORD64 || record.getLong(4) != RECORD64_BYTES - 12) {
            throw broken(file, "something else at " + at, "a Zip64 record of " + RECORD64_BYTES + " bytes");
        }
        requireOneDisk(file, record.getInt(16), record.getInt(20), (int) (record.getLong(24) - record.getLong(32)));
        long entries = record.getLong(32);
        long bytes = record.getLong(40);
        long begin = record.getLong(48);
        if (differ(small.entries, entries, U2) || differ(smallBytes, bytes, U4) || differ(small.begin, begin, U4)) {
            throw broken(file, "a Zip64 record that contradicts the record behind it", "equal numbers in both");
        }
        return new ZipEnd(entries, begin, at).checked(file, bytes);
    }

    /** A field with all bits set says that the number stands in the Zip64 record only. */
    private static boolean differ(long small, long large, long absent) {
        return small != absent && small != large;
    }

    private ZipEnd checked(Path file, long bytes) {
        if (begin < 0 || begin > end || bytes != end - begin) {
            throw broken(
                    file,
                    "a list of entries of " + Long.toUnsignedString(bytes) + " bytes at "
                            + Long.toUnsignedString(begin),
                    "one that ends at " + end);
        }
        return this;
    }

    private static int recordIn(Path file, ByteBuffer tail) {
        for (int at = tail.limit() - RECORD_BYTES; at >= 0; at--) {
            if (tail.getInt(at) == RECORD
                    && at + RECORD_BYTES + Short.toUnsignedInt(tail.getShort(at + 20)) == tail.limit()) {
                return at;
            }
        }
        throw broken(file, "no end of a zip archive", "one; the file was probably cut");
    }

    private static void requireOneDisk(Path file, int... zeros) {
        for (int zero : zeros) {
            if (zero != 0) {
                throw broken(file, "an archive in several parts", "one part");
            }
        }
    }

    private static PickleException broken(Path file, String found, String expected) {
        return PickleException.of(Kind.ZIP_DIRECTORY, file, found, expected);
    }

    private static ByteBuffer read(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) (to - from)).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return bytes.flip();
    }
}
