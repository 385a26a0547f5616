package org.statecraft.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.safetensors.SafetensorsException.Kind;
import org.statecraft.model.testing.Allocation;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.Mutation;

/** Files with random damage are read or refused; anything else would be a defect. */
final class MutatedFilesTest {
    private static final int MUTANTS = 10_000;
    private static final long SEED = 20261124;

    /** What opening any of these files may allocate beside as many bytes as it has: JSON buffers, messages, headers. */
    private static final long CONSTANT = 128 << 10;

    @TempDir
    private Path folder;

    private final Map<Kind, Integer> refusals = new EnumMap<>(Kind.class);
    private int read;

    /** From every kind of valid file in {@code safetensors-bad} and a whole tiny model; most damage is in the header. */
    private static List<byte[]> valid() throws IOException {
        Path models = Fixtures.dir("models");
        List<Path> files;
        try (Stream<Path> all = Files.list(models.resolve("safetensors-bad"))) {
            files = all.filter(file -> file.getFileName().toString().matches("ok-.*[.]safetensors"))
                    .sorted()
                    .toList();
        }
        assertTrue(files.size() > 4, files::toString);
        return Stream.concat(files.stream(), Stream.of(models.resolve("mamba2-tiny-g1/model.safetensors")))
                .map(MutatedFilesTest::bytes)
                .toList();
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void mutatedFileIsReadOrRefused() throws IOException {
        System.out.println("mutatedFileIsReadOrRefused: seed " + SEED);
        Random random = new Random(SEED);
        List<byte[]> valid = valid();
        Path path = folder.resolve("mutant.safetensors");
        long most = 0;
        try (NDManager base = NDManager.newBaseManager(Device.cpu())) {
            for (byte[] whole : valid) {
                openOrRefuse(Files.write(path, whole), base);
            }
            for (int i = 0; i < MUTANTS; i++) {
                byte[] mutant = mutant(valid.get(i % valid.size()), random);
                // a new file each time: some file systems flush a file that is overwritten
                Files.deleteIfExists(path);
                Files.write(path, mutant);
                try {
                    most = Math.max(
                            most,
                            Allocation.settled(CONSTANT + mutant.length, () -> openOrRefuse(path, base))
                                    - mutant.length);
                } catch (RuntimeException e) {
                    throw new AssertionError("mutant " + i, e);
                }
                assertTrue(most <= CONSTANT, "mutant " + i + " of " + mutant.length + " bytes: " + most + " more");
            }
        }
        System.out.println("read " + read + ", refused " + refusals + ", most allocated beyond the size " + most);
        assertTrue(read > 250 && refusals.size() > 12, refusals::toString);
    }

    /** Headers that ask for many objects with few bytes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'#':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}",
                "'#':{'dtype':'U8','shape':[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0],'data_offsets':[0,0]}",
                "'#':{'a':0,'b':0,'c':0,'d':0,'dtype':'U8','shape':[0],'data_offsets':[0,0]}"
            })
    void hostileHeaderAllocatesNoMoreThanTheFile(String entry) throws IOException {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 50_000; i++) {
            json.append(i == 0 ? "" : ",").append(entry.replace('\'', '"').replace("#", Integer.toString(i, 36)));
        }
        assertRefusedWithinBudget(json.append('}').toString());
    }

    @Test
    void longListsAndManyStringsAllocateNoMoreThanTheFile() throws IOException {
        String numbers = "0,".repeat(1_000_000) + "0";
        assertRefusedWithinBudget("{\"a\":{\"shape\":[" + numbers + "]}}");
        StringBuilder metadata = new StringBuilder("{\"__metadata__\":{");
        for (int i = 0; i < 100_000; i++) {
            metadata.append(i == 0 ? "\"" : ",\"").append(i).append("\":\"\"");
        }
        assertRefusedWithinBudget(metadata.append("}}").toString());
    }

    private void assertRefusedWithinBudget(String header) throws IOException {
        Path path = RawFiles.write(folder.resolve("hostile.safetensors"), header, new byte[0]);
        long limit = Files.size(path) + HeaderParser.CONSTANT;
        long allocated = Allocation.settled(
                limit,
                () -> Allocation.of(() -> assertEquals(
                        Kind.HEADER_MEMORY,
                        assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(path))
                                .kind())));
        assertTrue(allocated <= limit, allocated + " bytes, at most " + limit);
    }

    /** Anywhere, in the header and its length, or in the header with a length that is right again. */
    private static byte[] mutant(byte[] valid, Random random) {
        int end = (int) ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong() + Long.BYTES;
        int where = random.nextInt(8);
        if (where < 2 || end == Long.BYTES) {
            return Mutation.of(valid, 0, where == 0 ? valid.length : end, random);
        }
        byte[] json = Mutation.of(Arrays.copyOfRange(valid, Long.BYTES, end), random);
        return ByteBuffer.allocate(Long.BYTES + json.length + valid.length - end)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(valid, end, valid.length - end)
                .array();
    }

    /** Opens and loads, and returns what opening allocates. */
    private long openOrRefuse(Path path, NDManager base) {
        SafetensorsFile[] opened = new SafetensorsFile[1];
        long allocated = Allocation.of(() -> {
            try {
                opened[0] = SafetensorsFile.open(path);
            } catch (SafetensorsException e) {
                refusals.merge(e.kind(), 1, Integer::sum);
            }
        });
        if (opened[0] != null) {
            try (SafetensorsFile file = opened[0];
                    NDManager manager = base.newSubManager()) {
                file.tensors().keySet().stream().limit(4).forEach(name -> file.array(manager, name));
            }
            read++;
        }
        return allocated;
    }
}
