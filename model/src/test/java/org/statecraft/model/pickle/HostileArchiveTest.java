package org.statecraft.model.pickle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.pickle.PickleException.Kind;
import org.statecraft.model.testing.Allocation;

/** Archives that lie about what is in them. */
final class HostileArchiveTest {
    @TempDir
    private Path folder;

    private void assertRefused(Kind kind, String part, byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("file.bin"), bytes);
        PickleException failure = assertThrows(PickleException.class, () -> TorchFile.open(file));
        assertEquals(kind, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }

    /** With and without the records of Zip64. */
    private void assertRefused(Kind kind, String part, Consumer<ZipWriter> change) throws IOException {
        for (boolean zip64 : new boolean[] {false, true}) {
            ZipWriter zip = TorchWriter.everything().zip();
            zip.zip64 = zip64;
            change.accept(zip);
            assertRefused(kind, part, zip.bytes());
        }
    }

    private static ZipWriter.Entry first(ZipWriter zip) {
        return zip.entries.get(2);
    }

    @Test
    void compressedEntriesAreRefusedSoNothingCanExpand() throws IOException {
        assertRefused(Kind.ENTRY_METHOD, "\"archive/data/0\" compressed", zip -> {
            first(zip).method = 8;
            first(zip).size = 1 << 30;
        });
        assertRefused(Kind.ENTRY_METHOD, "\"archive/data/0\" compressed or encrypted", zip -> first(zip).flags |= 1);
    }

    @Test
    void entriesOutsideTheFileAreRefused() throws IOException {
        assertRefused(Kind.ENTRY_RANGE, "\"archive/data/0\": found 1073741824 bytes", zip -> {
            first(zip).size = 1 << 30;
            first(zip).packed = 1 << 30;
        });
        assertRefused(Kind.ENTRY_RANGE, "behind a header at 1073741824", zip -> first(zip).header = 1L << 30);
        ZipWriter zip = TorchWriter.everything().zip();
        zip.zip64 = true;
        first(zip).size = -8;
        first(zip).packed = -8;
        assertRefused(Kind.ENTRY_RANGE, "18446744073709551608 bytes", zip.bytes());
        first(zip).size = Long.MAX_VALUE;
        first(zip).packed = Long.MAX_VALUE;
        assertRefused(Kind.ENTRY_RANGE, "9223372036854775807 bytes", zip.bytes());
        first(zip).header = Long.MIN_VALUE;
        assertRefused(Kind.ENTRY_RANGE, "a header at 9223372036854775808", zip.bytes());
    }

    /** The whole archive as content of its first entry: small files that read as large ones are built this way. */
    @Test
    void overlappingEntriesAreRefused() throws IOException {
        assertRefused(Kind.ENTRY_RANGE, "it behind the entry before", zip -> {
            first(zip).size = 1000;
            first(zip).packed = 1000;
        });
        assertRefused(Kind.ENTRY_RANGE, "another name, size or method", zip -> first(zip).header = 0L);
    }

    /** One header and content under two names would be caught by the name, under one name by its being there twice. */
    @Test
    void contentIsListedOnce() throws IOException {
        assertRefused(Kind.ENTRY_NAME, "a second entry of that name", zip -> {
            ZipWriter.Entry again = zip.add("archive/data/0", new byte[0]);
            again.size = first(zip).size;
            again.packed = first(zip).packed;
            again.header = Integer.toUnsignedLong(headerOfFirst(zip));
        });
    }

    private static int headerOfFirst(ZipWriter zip) {
        byte[] bytes = zip.bytes();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        return text.indexOf("archive/data/0") - 30;
    }

    @Test
    void headersMustAgreeWithTheList() throws IOException {
        assertRefused(Kind.ENTRY_RANGE, "another name", zip -> first(zip).headerName = "archive/data/9");
        assertRefused(Kind.ZIP_DIRECTORY, "two sizes", zip -> first(zip).packed++);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../archive/x",
                "/archive/x",
                "archive/../../x",
                "archive//x",
                "archive/./x",
                "archive\\x",
                "archive/x\n",
                "archive/"
            })
    void namesThatLookElsewhereAreRefused(String name) throws IOException {
        assertRefused(Kind.ENTRY_NAME, "the entry name", zip -> zip.add(name, new byte[1]));
    }

    @Test
    void namesAreUnique() throws IOException {
        assertRefused(Kind.ENTRY_NAME, "a second entry", zip -> zip.add("archive/data/0", first(zip).content));
        assertRefused(Kind.ENTRY_MISSING, "2 entries NAME/data.pkl", zip -> zip.add("other/data.pkl", new byte[1]));
        assertRefused(Kind.ENTRY_MISSING, "0 entries NAME/data.pkl", zip -> zip.entries.remove(0));
    }

    @Test
    void listMustEndWhereItsEndSays() throws IOException {
        byte[] good = TorchWriter.everything().zip().bytes();
        assertRefused(Kind.ZIP_DIRECTORY, "no end of a zip archive", Arrays.copyOf(good, good.length - 1));
        byte[] shifted = new byte[good.length + 4];
        System.arraycopy(good, 0, shifted, 0, 4);
        System.arraycopy(good, 0, shifted, 4, good.length);
        assertRefused(Kind.ZIP_DIRECTORY, "one that ends at", shifted);
        byte[] fewer = good.clone();
        fewer[good.length - 12]--;
        fewer[good.length - 14]--;
        assertRefused(Kind.ZIP_DIRECTORY, "entries, expected", fewer);
    }

    @Test
    void contradictingZip64RecordIsRefused() throws IOException {
        ZipWriter zip = TorchWriter.everything().zip();
        zip.zip64 = true;
        byte[] bytes = zip.bytes();
        for (int at : new int[] {14, 12}) {
            bytes[bytes.length - at] = 3;
            bytes[bytes.length - at + 1] = 0;
        }
        assertRefused(Kind.ZIP_DIRECTORY, "contradicts", bytes);
    }

    /** A list of as many entries as fit into a file that holds nothing else. */
    @Test
    void manyEntriesAllocateNoMoreThanTheFile() throws IOException {
        ZipWriter zip = TorchWriter.everything().zip();
        for (int i = 0; i < 60_000; i++) {
            zip.add("a/" + i, new byte[0]);
        }
        byte[] bytes = zip.bytes();
        Path file = Files.write(folder.resolve("file.bin"), bytes);
        long allocated = Allocation.of(() -> assertEquals(
                Kind.MEMORY,
                assertThrows(PickleException.class, () -> TorchFile.open(file)).kind()));
        assertTrue(allocated <= bytes.length + MemoryBudget.CONSTANT, allocated + " of " + bytes.length);
    }
}
