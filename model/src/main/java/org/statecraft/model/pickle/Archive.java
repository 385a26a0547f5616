package org.statecraft.model.pickle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.pickle.PickleException.Kind;

/**
 * The zip archive around a checkpoint: {@code <root>/data.pkl}, {@code <root>/data/<key>} and small files. Entries are stored
 * and never compressed, lie inside the file and not over one another, so that a range of the file is a storage. Names are
 * looked up and never become paths. Checksums are not compared: PyTorch has an option that leaves them out.
 */
final class Archive {
    private static final String PICKLE = "data.pkl";
    private static final int LOCAL_HEADER = 0x04034b50;
    private static final long ENTRY_COST = 512;

    private final Path file;
    private final String root;
    private final Map<String, Entry> entries;

    private Archive(Path file, String root, Map<String, Entry> entries) {
        this.file = file;
        this.root = root;
        this.entries = entries;
    }

    /**
     * A file in the archive.
     *
     * @param header where its header begins, in the file
     * @param begin where its content begins
     */
    record Entry(String name, long header, long begin, long size) {
        long end() {
            return begin + size;
        }
    }

    static Archive read(Path file, FileChannel channel, Region in, MemoryBudget budget) throws IOException {
        Signature.requireZip(in.at("its first bytes", Kind.NOT_ZIP, 0, channel.size()));
        ZipEnd end = ZipEnd.of(file, channel);
        List<ZipListing> listings = listings(in, end, budget);
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (ZipListing listing : listings) {
            Entry entry = locate(in, listing, end.begin());
            if (entries.put(entry.name(), entry) != null) {
                throw broken(file, Kind.ENTRY_NAME, entry.name(), "a second entry of that name", "one");
            }
        }
        requireNoOverlap(file, entries);
        return new Archive(file, root(file, entries), entries);
    }

    private static List<ZipListing> listings(Region in, ZipEnd end, MemoryBudget budget) throws IOException {
        List<ZipListing> listings = new ArrayList<>();
        in.at("list of entries", Kind.ZIP_DIRECTORY, end.begin(), end.end());
        while (!in.atEnd()) {
            budget.charge(ENTRY_COST);
            listings.add(ZipListing.read(in));
        }
        if (listings.size() != end.entries()) {
            throw PickleException.of(
                    Kind.ZIP_DIRECTORY,
                    in.file(),
                    listings.size() + " entries",
                    Long.toUnsignedString(end.entries()) + ", as the end of the archive says");
        }
        return listings;
    }

    /** Finds the content behind its header, whose length may differ from what the list says. */
    private static Entry locate(Region in, ZipListing listing, long limit) throws IOException {
        if (listing.header() < 0 || listing.header() > limit) {
            throw outside(in.file(), listing, limit);
        }
        in.at("header of entry " + listing.name(), Kind.ENTRY_RANGE, listing.header(), limit);
        if (in.i4() != LOCAL_HEADER) {
            throw in.fail(Kind.ENTRY_RANGE, "something else", "a header");
        }
        in.skip(4);
        int method = in.u2();
        in.skip(8);
        long packed = in.u4();
        in.skip(4);
        int nameBytes = in.u2();
        int extraBytes = in.u2();
        boolean sizeFits = packed == 0 || packed == ZipListing.IN_EXTRA || packed == listing.size();
        if (method != 0 || !sizeFits || !in.text(nameBytes).equals(listing.name())) {
            throw in.fail(Kind.ENTRY_RANGE, "another name, size or method than in the list of entries", "the same");
        }
        in.skip(extraBytes);
        if (listing.size() < 0 || listing.size() > limit - in.position()) {
            throw outside(in.file(), listing, limit);
        }
        return new Entry(listing.name(), listing.header(), in.position(), listing.size());
    }

    private static PickleException outside(Path file, ZipListing listing, long limit) {
        return broken(
                file,
                Kind.ENTRY_RANGE,
                listing.name(),
                Long.toUnsignedString(listing.size()) + " bytes behind a header at "
                        + Long.toUnsignedString(listing.header()),
                "their end before " + limit);
    }

    private static void requireNoOverlap(Path file, Map<String, Entry> entries) {
        long position = 0;
        for (Entry entry : entries.values().stream()
                .sorted(Comparator.comparingLong(Entry::header))
                .toList()) {
            if (entry.header() < position) {
                throw broken(
                        file,
                        Kind.ENTRY_RANGE,
                        entry.name(),
                        "its first byte at " + entry.header(),
                        "it behind the entry before, which ends at " + position);
            }
            position = entry.end();
        }
    }

    private static String root(Path file, Map<String, Entry> entries) {
        List<String> roots = entries.keySet().stream()
                .filter(name -> name.indexOf('/') == name.length() - PICKLE.length() - 1 && name.endsWith(PICKLE))
                .map(name -> name.substring(0, name.indexOf('/') + 1))
                .toList();
        if (roots.size() != 1) {
            throw PickleException.of(
                    Kind.ENTRY_MISSING,
                    file,
                    "an archive with " + roots.size() + " entries NAME/" + PICKLE,
                    "one, as torch.save writes");
        }
        String root = roots.get(0);
        if (entries.containsKey(root + "constants.pkl")) {
            throw PickleException.of(Kind.TORCHSCRIPT, file, "a TorchScript program", "weights alone");
        }
        return root;
    }

    private static PickleException broken(Path file, Kind kind, String entry, String found, String expected) {
        return PickleException.of(kind, file, "entry " + PickleException.quote(entry), found, expected);
    }

    /** The pickle. */
    Entry pickle() {
        return entries.get(root + PICKLE);
    }

    /** The content of the storage with this key, or null. */
    Entry storage(String key) {
        return entries.get(root + "data/" + key);
    }

    /** Files older than PyTorch 2.0 do not say and are little-endian. */
    void requireLittleEndian(Region in) throws IOException {
        Entry entry = entries.get(root + "byteorder");
        if (entry == null) {
            return;
        }
        String order = in.at("entry " + entry.name(), Kind.BYTE_ORDER, entry.begin(), entry.end())
                .text(entry.size());
        if (!order.equals("little")) {
            throw PickleException.of(
                    Kind.BYTE_ORDER, file, "the byte order " + PickleException.quote(order), "\"little\"");
        }
    }
}
