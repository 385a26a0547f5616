package org.statecraft.model.pickle;

import java.io.IOException;
import org.statecraft.model.pickle.PickleException.Kind;

/**
 * A line of a zip archive's list of entries.
 *
 * @param header where the entry's own header begins, in the file; unchecked
 * @param size bytes of the content; unchecked
 */
record ZipListing(String name, long header, long size) {
    /** In place of a size or position: it stands in the Zip64 field. */
    static final long IN_EXTRA = 0xffffffffL;

    private static final int SIGNATURE = 0x02014b50;
    private static final int ENCRYPTED = 1 | (1 << 6) | (1 << 13);
    private static final int ZIP64 = 1;

    static ZipListing read(Region in) throws IOException {
        in.mark();
        if (in.i4() != SIGNATURE) {
            throw in.fail(Kind.ZIP_DIRECTORY, "something else", "an entry");
        }
        in.skip(4);
        int flags = in.u2();
        int method = in.u2();
        in.skip(8);
        long packed = in.u4();
        long size = in.u4();
        int nameBytes = in.u2();
        int extraBytes = in.u2();
        int commentBytes = in.u2();
        int disk = in.u2();
        in.skip(6);
        long header = in.u4();
        String name = in.text(nameBytes);
        requirePlain(in, name);
        if (method != 0 || (flags & ENCRYPTED) != 0) {
            throw in.fail(
                    Kind.ENTRY_METHOD,
                    "entry " + PickleException.quote(name) + " compressed or encrypted",
                    "plain bytes, as torch.save stores them");
        }
        long[] numbers = extra(in, extraBytes, size, packed, header);
        in.skip(commentBytes);
        if (disk != 0 || numbers[0] != numbers[1]) {
            throw in.fail(
                    Kind.ZIP_DIRECTORY,
                    "entry " + PickleException.quote(name) + " in another part or with two sizes",
                    "one part and one size");
        }
        return new ZipListing(name, numbers[2], numbers[0]);
    }

    /** Replaces the numbers that are too large for 32 bits by those of the Zip64 field, which has only these, in order. */
    private static long[] extra(Region in, int bytes, long... numbers) throws IOException {
        int left = bytes;
        while (left >= 4) {
            int id = in.u2();
            int length = in.u2();
            left -= 4 + length;
            if (left < 0) {
                throw in.fail(Kind.ZIP_DIRECTORY, "a field that is longer than its entry", "a shorter one");
            }
            for (int i = 0; id == ZIP64 && i < numbers.length; i++) {
                if (numbers[i] == IN_EXTRA && length >= Long.BYTES) {
                    numbers[i] = in.i8();
                    length -= Long.BYTES;
                }
            }
            in.skip(length);
        }
        in.skip(left);
        return numbers;
    }

    private static void requirePlain(Region in, String name) {
        String framed = "/" + name + "/";
        if (framed.contains("//")
                || framed.contains("/./")
                || framed.contains("/../")
                || name.chars().anyMatch(c -> c == '\\' || Character.isISOControl(c))) {
            throw in.fail(
                    Kind.ENTRY_NAME,
                    "the entry name " + PickleException.quote(name),
                    "names of folders and a file, separated by slashes");
        }
    }
}
