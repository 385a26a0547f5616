package org.statecraft.model.pickle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.pickle.PickleException.Kind;
import org.statecraft.model.testing.Allocation;
import org.statecraft.model.testing.Mutation;

/** Checkpoints with random damage are read or refused; anything else would be a defect. */
final class MutatedCheckpointTest {
    private static final int MUTANTS = 10_000;
    private static final long SEED = 20261124;

    /**
     * What opening and reading any of these small files may allocate beside as many bytes as the file has: buffers, messages
     * and the objects for fifteen tensors.
     */
    private static final long CONSTANT = 192 << 10;

    @TempDir
    private Path folder;

    private final Map<Kind, Integer> refusals = new EnumMap<>(Kind.class);
    private int read;

    /** Half of the files are damaged in the pickle, a quarter in the list of entries, a quarter anywhere. */
    @Test
    void mutatedCheckpointIsReadOrRefused() throws IOException {
        System.out.println("mutatedCheckpointIsReadOrRefused: seed " + SEED);
        Random random = new Random(SEED);
        byte[] pickle = TorchWriter.everything().pickle();
        Path path = folder.resolve("mutant.bin");
        long most = 0;
        for (int i = 0; i < MUTANTS; i++) {
            byte[] mutant = mutant(pickle, i, random);
            // a new file each time: some file systems flush a file that is overwritten
            Files.deleteIfExists(path);
            Files.write(path, mutant);
            long allocated;
            try {
                allocated = Allocation.settled(CONSTANT + mutant.length, () -> Allocation.of(() -> readOrRefuse(path)))
                        - mutant.length;
            } catch (RuntimeException e) {
                throw new AssertionError("mutant " + i, e);
            }
            assertTrue(
                    allocated <= CONSTANT, "mutant " + i + " of " + mutant.length + " bytes: " + allocated + " more");
            most = Math.max(most, allocated);
        }
        System.out.println("read " + read + ", refused " + refusals + ", most allocated beyond the size " + most);
        assertTrue(read > 500 && refusals.size() > 10, refusals::toString);
    }

    private static byte[] mutant(byte[] pickle, int i, Random random) {
        boolean inPickle = i % 2 == 0;
        ZipWriter zip = TorchWriter.everything().zip(inPickle ? Mutation.of(pickle, random) : pickle);
        zip.zip64 = i % 3 == 0;
        byte[] bytes = zip.bytes();
        if (inPickle) {
            return bytes;
        }
        int from = i % 4 == 1 ? zip.listBegin : 0;
        return Mutation.of(bytes, from, bytes.length, random);
    }

    private void readOrRefuse(Path path) {
        try (TorchFile file = TorchFile.open(path);
                WritableByteChannel nowhere = Channels.newChannel(OutputStream.nullOutputStream())) {
            for (Value.Tensor tensor : file.tensors().values()) {
                file.copy(tensor, nowhere, piece -> {});
            }
            read++;
        } catch (PickleException e) {
            refusals.merge(e.kind(), 1, Integer::sum);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
