package org.statecraft.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;
import org.statecraft.model.safetensors.SafetensorsException.Kind;
import org.statecraft.model.testing.Fixtures;

final class SafetensorsFileTest {
    private static final String SMALL =
            """
            {"__metadata__":{"format":"pt"},\
            "layer.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},\
            "layer.bias":{"dtype":"F16","shape":[2],"data_offsets":[16,20]},\
            "ids":{"dtype":"I64","shape":[1],"data_offsets":[20,28]}}""";

    @TempDir
    private Path folder;

    private static byte[] smallData() {
        return ByteBuffer.allocate(28)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(1)
                .putFloat(2)
                .putFloat(3)
                .putFloat(4)
                .putShort((short) 0x3c00)
                .putShort((short) 0xc000)
                .putLong(-5)
                .array();
    }

    private Path small() throws IOException {
        return RawFiles.write(folder.resolve("small.safetensors"), SMALL, smallData());
    }

    @Test
    void missingTensorIsReportedWithSimilarNames() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(small())) {
            InputException failure = assertThrows(InputException.class, () -> file.info("layer.wieght"));
            assertTrue(failure.getMessage().contains("small.safetensors"), failure.getMessage());
            assertTrue(failure.getMessage().contains("\"layer.wieght\""), failure.getMessage());
            assertTrue(failure.getMessage().contains("similar names: \"layer.weight\""), failure.getMessage());
        }
    }

    @Test
    void wholeNumbersAreNotTakenForWeights() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(small());
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            InputException failure = assertThrows(InputException.class, () -> file.float32(manager, "ids"));
            assertTrue(failure.getMessage().contains("\"ids\" is I64"), failure.getMessage());
            assertEquals(-5, file.array(manager, "ids").getLong());
        }
    }

    @Test
    void bytesAreTheStoredOnesAndReadOnly() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(small())) {
            ByteBuffer bytes = file.bytes("layer.bias");
            assertEquals(4, bytes.remaining());
            assertEquals((short) 0x3c00, bytes.getShort(0));
            assertTrue(bytes.isReadOnly());
        }
    }

    @Test
    void loadedArrayOutlivesTheFileAndTakesUpdatesInPlace() throws IOException {
        try (NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            NDArray array;
            try (SafetensorsFile file = SafetensorsFile.open(small())) {
                array = file.float32(manager, "layer.weight");
            }
            array.addi(1);
            assertArrayEquals(new float[] {2, 3, 4, 5}, array.toFloatArray());
            assertEquals(manager, array.getManager());
        }
        try (SafetensorsFile file = SafetensorsFile.open(small())) {
            assertEquals(1f, file.bytes("layer.weight").getFloat(0), "the file is as it was");
        }
    }

    /** Matrix products choose their code path by alignment, so results would depend on chance without it. */
    @Test
    void loadedArrayIsAlignedTo64Bytes() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(small());
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            for (String name : List.of("layer.weight", "layer.bias")) {
                ByteBuffer memory = file.float32(manager, name).toByteBuffer(true);
                assertEquals(0, memory.alignmentOffset(0, 64), name);
            }
        }
    }

    @Test
    void tensorsLoadedInBlocksOfAnySizeAreTheSame() throws IOException {
        Path path = Fixtures.dir("models", "safetensors-bad").resolve("ok-dtypes.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(path);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            for (TensorInfo info : file.tensors().values()) {
                NDArray whole = file.array(manager, info.name());
                for (long block : List.of(1L, 2L)) {
                    NDArray pieces = file.load(manager, info, whole.getDataType(), block);
                    assertArrayEquals(whole.toByteArray(), pieces.toByteArray(), info.name());
                }
            }
        }
    }

    @Test
    void truthValuesBecomeZeroAndOne() throws IOException {
        Path path = RawFiles.write(
                folder.resolve("bool.safetensors"),
                "{\"b\":{\"dtype\":\"BOOL\",\"shape\":[3],\"data_offsets\":[0,3]}}",
                new byte[] {0, 1, 7});
        try (SafetensorsFile file = SafetensorsFile.open(path);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            assertArrayEquals(
                    new byte[] {0, 1, 1},
                    file.array(manager, "b").toByteBuffer().array());
        }
    }

    @Test
    void sixteenBitIntegersAreWidened() throws IOException {
        Path path = RawFiles.write(
                folder.resolve("i16.safetensors"),
                "{\"i\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[0,4]}}",
                new byte[] {(byte) 0xfe, (byte) 0xff, 0x00, 0x7f});
        try (SafetensorsFile file = SafetensorsFile.open(path);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            assertArrayEquals(new int[] {-2, 0x7f00}, file.array(manager, "i").toIntArray());
        }
    }

    @Test
    void tensorBehindFourGibibytesIsReadRight() throws IOException {
        long behind = 4_500_000_000L;
        String header = "{\"huge\":{\"dtype\":\"U8\",\"shape\":[" + behind + "],\"data_offsets\":[0," + behind + "]},"
                + "\"small\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[" + behind + "," + (behind + 8) + "]}}";
        Path path = folder.resolve("sparse.safetensors");
        byte[] head = RawFiles.bytes(header, new byte[0]);
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(head));
            ByteBuffer values = ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putFloat(0.5f)
                    .putFloat(-3);
            channel.write(values.flip(), head.length + behind);
        }
        try (SafetensorsFile file = SafetensorsFile.open(path);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            assertArrayEquals(
                    new float[] {0.5f, -3}, file.float32(manager, "small").toFloatArray());
            assertEquals(behind, file.info("huge").bytes());
            assertThrows(InputException.class, () -> file.bytes("huge"));
        }
    }

    @Test
    void fileThatShrinksWhileItIsOpenIsReported() throws IOException {
        Path path = small();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(Files.size(path) - 1);
            }
            SafetensorsException failure = assertThrows(SafetensorsException.class, () -> file.bytes("ids"));
            assertEquals(Kind.FILE_TRUNCATED, failure.kind());
        }
    }

    @Test
    void absentFileAndFolderAreReported() {
        InputException absent =
                assertThrows(InputException.class, () -> SafetensorsFile.open(folder.resolve("none.safetensors")));
        assertTrue(absent.getMessage().contains("no such file"), absent.getMessage());
        InputException directory = assertThrows(InputException.class, () -> SafetensorsFile.open(folder));
        assertTrue(directory.getMessage().contains("a folder stands where a file is needed"), directory.getMessage());
    }

    @Test
    void messagesCarryNoControlCharactersFromTheFile() throws IOException {
        Path path = RawFiles.write(
                folder.resolve("escape.safetensors"),
                "{\"\\u001b[2J\\u009b\\u202eboo\":{\"dtype\":\"\\u0007\"}}",
                new byte[0]);
        SafetensorsException failure = assertThrows(SafetensorsException.class, () -> SafetensorsFile.open(path));
        assertTrue(
                failure.getMessage().chars().noneMatch(c -> Character.isISOControl(c) || c == 0x202e),
                failure.getMessage());
    }

    @Test
    void typesAreThoseOfTheFormat() {
        for (DType type : DType.values()) {
            assertEquals(type, DType.named(type.name()).orElseThrow());
        }
        assertTrue(DType.of(DataType.BFLOAT16).isEmpty());
    }
}
