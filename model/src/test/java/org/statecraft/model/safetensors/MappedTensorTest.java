package org.statecraft.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights that share the memory of their file; what the process holds of it is read from the system. */
final class MappedTensorTest {
    private static final int ROWS = 1024;
    private static final int COLUMNS = 4096;
    private static final Path MAPS = Path.of("/proc/self/smaps");

    @TempDir
    private Path folder;

    /** One tensor w with entries 0, 1, 2, …; {@code blanks} lengthen the header and so move its first byte. */
    private static Path write(Path path, int rows, int columns, int blanks) throws IOException {
        int size = rows * columns;
        ByteBuffer data = ByteBuffer.allocate(size * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            data.putFloat(i);
        }
        String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[0,%d]}}"
                .formatted(rows, columns, data.capacity());
        String padded = header + " ".repeat((8 - header.length() % 8) % 8 + blanks);
        return RawFiles.write(path, padded, data.array());
    }

    private static NDArray mapped(NDManager manager, Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return file.mappedFloat32(manager, "w");
        }
    }

    private static NDManager manager() {
        return NDManager.newBaseManager(Device.cpu());
    }

    /** Bytes of the process's own memory in all maps of a file, or -1 where there is no map of it. */
    private static long ownBytes(Path file) throws IOException {
        List<String> lines = Files.readAllLines(MAPS);
        long own = -1;
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(file.toRealPath().toString())) {
                int anonymous = i;
                while (!lines.get(anonymous).startsWith("Anonymous:")) {
                    anonymous++;
                }
                own = Math.max(own, 0) + Long.parseLong(lines.get(anonymous).replaceAll("\\D", "")) * 1024;
            }
        }
        return own;
    }

    private static void assumeMapsAreTold() {
        assumeTrue(Files.isReadable(MAPS), "the system tells what is mapped");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void valuesAreTheStoredOnesWhereverTheTensorBegins(int blanks) throws IOException {
        Path path = write(folder.resolve("w.safetensors"), 3, 5, blanks);
        try (NDManager manager = manager()) {
            NDArray array = mapped(manager, path);
            float[] expected = new float[15];
            IntStream.range(0, 15).forEach(i -> expected[i] = i);
            assertArrayEquals(expected, array.toFloatArray());
            assertEquals(manager, array.getManager());
        }
    }

    /** A copy would leave the map untouched; a map that is not private would change the file. */
    @Test
    void anUpdateTakesOnlyThePagesThatItChangesAndNeverReachesTheFile() throws IOException {
        assumeMapsAreTold();
        Path path = write(folder.resolve("w.safetensors"), ROWS, COLUMNS, 0);
        byte[] stored = Files.readAllBytes(path);
        try (NDManager manager = manager()) {
            NDArray array = mapped(manager, path);
            double sum = array.toType(DataType.FLOAT64, true).sum().getDouble();
            assertEquals(0.5 * stored.length / 4 * (ROWS * COLUMNS - 1L), sum, sum * 1e-3, "everything was read");
            assertEquals(0, ownBytes(path), "reading takes no memory of the process's own");

            array.get(new NDIndex("10:12")).addi(1);
            assertEquals(10f * COLUMNS + 1, array.getFloat(10, 0));
            long own = ownBytes(path);
            assertTrue(own > 0, "the array is the map itself");
            assertTrue(own <= 2 * COLUMNS * Float.BYTES + 2 * 4096, own + " bytes were taken for two rows");
            assertArrayEquals(stored, Files.readAllBytes(path));
        }
    }

    @Test
    void aTensorThatIsNotAlignedIsCopied() throws IOException {
        assumeMapsAreTold();
        Path path = write(folder.resolve("w.safetensors"), ROWS, COLUMNS, 2);
        try (NDManager manager = manager()) {
            NDArray array = mapped(manager, path);
            assertEquals(-1, ownBytes(path));
            assertEquals(1f * COLUMNS, array.getFloat(1, 0));
        }
    }

    @Test
    void theFileMayBeReplacedWhileItsTensorIsInUse() throws IOException {
        Path path = write(folder.resolve("w.safetensors"), ROWS, COLUMNS, 0);
        Path other = RawFiles.write(folder.resolve("other"), "{}", new byte[0]);
        try (NDManager manager = manager()) {
            NDArray array = mapped(manager, path);
            Files.move(other, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            assertEquals(1023f * COLUMNS, array.getFloat(1023, 0));
        }
    }

    /** Of the array only a view is left: the memory belongs to the manager. */
    @Test
    void theMapLastsAsLongAsTheManager() throws IOException, InterruptedException {
        assumeMapsAreTold();
        Path path = write(folder.resolve("w.safetensors"), ROWS, COLUMNS, 0);
        try (NDManager manager = manager()) {
            NDArray array = mapped(manager, path);
            NDArray view = array.reshape(COLUMNS, ROWS);
            array.close();
            for (int i = 0; i < 5; i++) {
                System.gc();
                Thread.sleep(20);
            }
            // asked first, because reading memory that is gone ends the process
            assertEquals(0, ownBytes(path));
            assertEquals(1f * ROWS, view.getFloat(1, 0));
        }
        for (int i = 0; i < 500 && ownBytes(path) >= 0; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertEquals(-1, ownBytes(path), "it goes with the manager");
    }
}
