package org.statecraft.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SafetensorsWriterTest {
    @TempDir
    private Path folder;

    private NDManager manager;

    @BeforeEach
    void openManager() {
        manager = NDManager.newBaseManager(Device.cpu());
    }

    @AfterEach
    void closeManager() {
        manager.close();
    }

    private Map<String, NDArray> everyType() {
        Map<String, NDArray> tensors = new LinkedHashMap<>();
        tensors.put("bool", manager.create(new boolean[] {true, false, true}));
        tensors.put("u8", manager.create(new float[] {0, 255}).toType(DataType.UINT8, true));
        tensors.put("i8", manager.create(new byte[] {-128, 127}));
        tensors.put("i32", manager.create(new int[] {Integer.MIN_VALUE, 7}));
        tensors.put("i64", manager.create(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}));
        tensors.put("f16", manager.create(new float[] {1.5f, -65504}).toType(DataType.FLOAT16, true));
        tensors.put("f32", manager.create(new float[] {Float.MIN_VALUE, Float.NaN, -0f, 4}, new Shape(2, 2)));
        tensors.put("f64", manager.create(new double[] {Math.PI}));
        tensors.put("scalar", manager.create(-2.5f));
        tensors.put("empty", manager.create(new Shape(2, 0, 3), DataType.FLOAT32));
        tensors.put("größe.重み.😀 \"\\", manager.create(new float[] {4}));
        return tensors;
    }

    @Test
    void everythingWrittenIsReadBack() throws IOException {
        Map<String, NDArray> tensors = everyType();
        Path path = folder.resolve("all.safetensors");
        SafetensorsWriter.write(path, tensors, Map.of("rank", "4"));
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(Map.of("format", "pt", "rank", "4"), file.metadata());
            assertEquals(tensors.keySet(), new HashSet<>(file.tensors().keySet()));
            tensors.forEach((name, written) -> {
                NDArray read = file.array(manager, name);
                boolean half = written.getDataType() == DataType.FLOAT16;
                NDArray expected = half ? written.toType(DataType.FLOAT32, true) : written;
                assertEquals(expected.getShape(), read.getShape(), name);
                assertEquals(expected.getDataType(), read.getDataType(), name);
                assertArrayEquals(expected.toByteArray(), read.toByteArray(), name);
            });
        }
    }

    @Test
    void bytesDoNotDependOnTheOrderOfTheMaps() throws IOException {
        Map<String, NDArray> forwards = everyType();
        Map<String, NDArray> backwards = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(forwards.keySet());
        Collections.reverse(names);
        names.forEach(name -> backwards.put(name, forwards.get(name)));
        Path one = folder.resolve("one");
        Path other = folder.resolve("other");
        SafetensorsWriter.write(one, forwards, Map.of());
        SafetensorsWriter.write(other, backwards, Map.of());
        assertEquals(-1, Files.mismatch(one, other));
    }

    @Test
    void wideTypesComeFirstThenNamesAndDataIsAligned() throws IOException {
        Path path = folder.resolve("layout");
        SafetensorsWriter.write(path, everyType(), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<String> names = List.copyOf(file.tensors().keySet());
            // an empty tensor shares its offset with its neighbor, so only the others have a place
            assertEquals(
                    List.of("f64", "i64", "f32", "größe.重み.😀 \"\\", "i32", "scalar", "f16", "bool", "i8", "u8"),
                    names.stream().filter(name -> !name.equals("empty")).toList());
        }
        byte[] bytes = Files.readAllBytes(path);
        int header = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        assertEquals(0, header % 8, "data begins at a multiple of 8");
        assertEquals('{', bytes[8]);
        String json = new String(bytes, 8, header, StandardCharsets.UTF_8);
        assertEquals(
                "{\"format\":\"pt\"}",
                new ObjectMapper().readTree(json).get("__metadata__").toString());
    }

    @Test
    void viewsAreWrittenAsTheyLook() throws IOException {
        NDArray matrix = manager.arange(6f).reshape(2, 3);
        NDArray transposed = matrix.transpose();
        NDArray column = matrix.get(":, 1");
        Path path = folder.resolve("views");
        SafetensorsWriter.write(path, Map.of("t", transposed, "c", column), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertArrayEquals(
                    new float[] {0, 3, 1, 4, 2, 5}, file.float32(manager, "t").toFloatArray());
            assertArrayEquals(new float[] {1, 4}, file.float32(manager, "c").toFloatArray());
        }
    }

    @Test
    void piecesOfAnySizeGiveTheSameBytes() throws IOException {
        NDArray array = manager.arange(10f).reshape(2, 5).transpose();
        for (long block : List.of(1L, 3L, 5L, 10L, 11L)) {
            Path path = folder.resolve("block" + block);
            try (FileChannel channel =
                    FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                SafetensorsWriter.writeArray(channel, array, block);
            }
            assertArrayEquals(array.toByteArray(), Files.readAllBytes(path), "block " + block);
        }
        assertEquals(10, array.size(), "the array is still usable");
    }

    @Test
    void shorterFileReplacesALongerOneCompletely() throws IOException {
        Path path = folder.resolve("file");
        SafetensorsWriter.write(path, everyType(), Map.of());
        SafetensorsWriter.write(path, Map.of("w", manager.create(1f)), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(1, file.tensors().size());
        }
    }

    @Test
    void fileWithoutTensorsIsValid() throws IOException {
        Path path = folder.resolve("none");
        SafetensorsWriter.write(path, Map.of(), Map.of());
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertTrue(file.tensors().isEmpty());
        }
    }

    @Test
    void reservedNameIsRefused() {
        Map<String, NDArray> reserved = Map.of("__metadata__", manager.create(1f));
        Path path = folder.resolve("reserved");
        assertThrows(IllegalArgumentException.class, () -> SafetensorsWriter.write(path, reserved, Map.of()));
        assertTrue(Files.notExists(path));
    }
}
