package org.statecraft.model.pickle;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Zip archives as PyTorch writes them, and such as nobody should: every field can be made to lie. */
final class ZipWriter {
    private static final int ALIGNMENT = 64;

    /** A file in the archive; what is not changed tells the truth. */
    static final class Entry {
        final String name;
        final byte[] content;
        String headerName;
        int flags = 0x808;
        int method;
        long size;
        long packed;
        Long header;

        private Entry(String name, byte[] content) {
            this.name = name;
            this.headerName = name;
            this.content = content;
            this.size = content.length;
            this.packed = content.length;
        }
    }

    final List<Entry> entries = new ArrayList<>();
    /** With the records for archives of more than 4 GiB. */
    boolean zip64;

    String comment = "";
    /** Bytes that will stand before the list of entries, in the file but not in the array. */
    long hole;
    /** Where the list of entries begins in the array. */
    int listBegin;

    Entry add(String name, byte[] content) {
        Entry entry = new Entry(name, content);
        entries.add(entry);
        return entry;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<byte[]> listings = new ArrayList<>();
        for (Entry entry : entries) {
            long header = entry.header == null ? out.size() : entry.header;
            byte[] name = entry.headerName.getBytes(StandardCharsets.UTF_8);
            int padding = ALIGNMENT - (out.size() + 34 + name.length) % ALIGNMENT;
            out.writeBytes(little(30 + name.length + 4 + padding)
                    .putInt(0x04034b50)
                    .putShort((short) 0)
                    .putShort((short) entry.flags)
                    .putShort((short) entry.method)
                    .put(new byte[16])
                    .putShort((short) name.length)
                    .putShort((short) (4 + padding))
                    .put(name)
                    .putShort((short) 0x4246)
                    .putShort((short) padding)
                    .array());
            out.writeBytes(entry.content);
            listings.add(listing(entry, header));
        }
        listBegin = out.size();
        listings.forEach(out::writeBytes);
        end(out, listBegin + hole, out.size() - listBegin, listings.size());
        return out.toByteArray();
    }

    private byte[] listing(Entry entry, long header) {
        byte[] name = entry.name.getBytes(StandardCharsets.UTF_8);
        byte[] listing = little(46 + name.length)
                .putInt(0x02014b50)
                .putInt(0)
                .putShort((short) entry.flags)
                .putShort((short) entry.method)
                .putLong(0)
                .putInt(zip64 ? -1 : (int) entry.packed)
                .putInt(zip64 ? -1 : (int) entry.size)
                .putShort((short) name.length)
                .putShort((short) (zip64 ? 28 : 0))
                .put(new byte[10])
                .putInt(zip64 ? -1 : (int) header)
                .put(name)
                .array();
        if (!zip64) {
            return listing;
        }
        return little(listing.length + 28)
                .put(listing)
                .putShort((short) 1)
                .putShort((short) 24)
                .putLong(entry.size)
                .putLong(entry.packed)
                .putLong(header)
                .array();
    }

    private void end(ByteArrayOutputStream out, long begin, long bytes, int count) {
        long at = out.size() + hole;
        if (zip64) {
            out.writeBytes(little(76)
                    .putInt(0x06064b50)
                    .putLong(44)
                    .putInt(0)
                    .putLong(0)
                    .putLong(count)
                    .putLong(count)
                    .putLong(bytes)
                    .putLong(begin)
                    .putInt(0x07064b50)
                    .putInt(0)
                    .putLong(at)
                    .putInt(1)
                    .array());
        }
        byte[] note = comment.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(little(22 + note.length)
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) (zip64 ? -1 : count))
                .putShort((short) (zip64 ? -1 : count))
                .putInt(zip64 ? -1 : (int) bytes)
                .putInt(zip64 ? -1 : (int) begin)
                .putShort((short) note.length)
                .put(note)
                .array());
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
