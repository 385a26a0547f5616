package org.statecraft.model.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.InputException;
import org.statecraft.model.pickle.PickleException.Kind;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.Fixtures;

final class TorchFileTest {
    @TempDir
    private Path folder;

    static byte[] read(TorchFile file, String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            file.copy(file.tensors().get(name), Channels.newChannel(bytes), piece -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("file.bin"), bytes);
    }

    private void assertRefused(Kind kind, String part, byte[] bytes) throws IOException {
        Path file = write(bytes);
        PickleException failure = assertThrows(PickleException.class, () -> TorchFile.open(file));
        assertEquals(kind, failure.kind(), failure.getMessage());
        assertTrue(failure.getMessage().contains(part), failure.getMessage());
    }

    @Test
    void realCheckpointHoldsTheBitsOfItsSafetensorsFile() {
        Path model = Fixtures.dir("models-real", "protmamba-example-0.9m");
        try (TorchFile file = TorchFile.open(model.resolve("pytorch_model.bin"));
                SafetensorsFile converted = SafetensorsFile.open(model.resolve("model.safetensors"))) {
            assertEquals(83, file.tensors().size());
            assertTrue(
                    file.tensors().get("lm_head.weight").sameAs(file.tensors().get("backbone.embedding.weight")));
            converted.tensors().forEach((name, info) -> {
                Value.Tensor tensor = file.tensors().get(name);
                assertEquals(info.dtype(), tensor.storage().dtype(), name);
                assertArrayEquals(info.shape().getShape(), tensor.layout().sizes(), name);
                byte[] expected = new byte[(int) info.bytes()];
                converted.bytes(name).get(expected);
                assertArrayEquals(expected, read(file, name), name);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyTypeIsReadWithItsShapeAndBytes(boolean zip64) throws IOException {
        TorchWriter torch = TorchWriter.everything();
        ZipWriter zip = torch.zip();
        zip.zip64 = zip64;
        zip.comment = "written by a test";
        try (TorchFile file = TorchFile.open(write(zip.bytes()))) {
            assertEquals(torch.names(), new ArrayList<>(file.tensors().keySet()));
            for (int i = 0; i < 11; i++) {
                String name = torch.names().get(i);
                byte[] bytes = read(file, name);
                assertArrayEquals(TorchWriter.content(Integer.toString(i), bytes.length), bytes, name);
                assertEquals(file.tensors().get(name).bytes(), bytes.length, name);
            }
            assertEquals(
                    List.of("F16", "F64", "F32", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL", "F32"),
                    file.tensors().values().stream()
                            .limit(11)
                            .map(tensor -> tensor.storage().dtype().name())
                            .toList());
            assertArrayEquals(
                    new long[] {2, 1, 3}, file.tensors().get("f32").layout().sizes());
            assertArrayEquals(new long[0], file.tensors().get("i64").layout().sizes());
            assertEquals(0, read(file, "empty").length);
        }
    }

    @Test
    void transposedTensorIsReadRowByRow() throws IOException {
        byte[] storage = TorchWriter.content("views", 48);
        ByteBuffer expected = ByteBuffer.allocate(24);
        for (int element : new int[] {0, 2, 4, 1, 3, 5}) {
            expected.put(storage, element * 4, 4);
        }
        try (TorchFile file =
                TorchFile.open(write(TorchWriter.everything().zip().bytes()))) {
            assertArrayEquals(expected.array(), read(file, "transposed"));
            assertArrayEquals(Arrays.copyOfRange(storage, 28, 48), read(file, "behind"));
        }
    }

    /** More elements than the buffer holds. */
    @Test
    void largeTransposedTensorIsReadRowByRow() throws IOException {
        int size = 300;
        TorchWriter torch = new TorchWriter()
                .storage("s", size * size * 4)
                .tensor(
                        "t",
                        new TorchWriter.Tensor(
                                "FloatStorage", "s", (long) size * size, 0, new long[] {size, size}, new long[] {1, size
                                }));
        byte[] storage = TorchWriter.content("s", size * size * 4);
        try (TorchFile file = TorchFile.open(write(torch.zip().bytes()))) {
            byte[] read = read(file, "t");
            for (int element = 0; element < size * size; element++) {
                int from = (element % size * size + element / size) * 4;
                assertTrue(Arrays.equals(storage, from, from + 4, read, element * 4, element * 4 + 4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "state_dict"})
    void wrappedDictionaryIsUnwrapped(String key) throws IOException {
        TorchWriter torch = TorchWriter.everything();
        try (TorchFile file =
                TorchFile.open(write(torch.zip(torch.pickleUnder(key)).bytes()))) {
            assertEquals(torch.names(), new ArrayList<>(file.tensors().keySet()));
        }
    }

    @Test
    void otherContentsAreNamed() throws IOException {
        TorchWriter torch = TorchWriter.everything();
        byte[] other = torch.zip(torch.pickleUnder("ema")).bytes();
        assertRefused(Kind.CONTENT, "a dictionary of 2 with \"epoch\" (a number), \"ema\" (a dictionary of 14)", other);
        byte[] number = torch.zip(PickleWriter.begun().number(4).stop()).bytes();
        assertRefused(Kind.CONTENT, "found a number, expected a dictionary of tensors", number);
        byte[] empty = torch.zip(PickleWriter.begun().ops("}").stop()).bytes();
        assertRefused(Kind.CONTENT, "found a dictionary of 0", empty);
    }

    @Test
    void parametersAreTensors() throws IOException {
        TorchWriter torch = new TorchWriter().storage("0", 4);
        byte[] pickle = PickleWriter.begun()
                .ops("}")
                .text("w")
                .global("torch._utils", "_rebuild_parameter")
                .ops("(")
                .tensor("FloatStorage", "0", 1, 0, new long[] {1}, new long[] {1})
                .op(0x88)
                .orderedDict()
                .ops("tRs")
                .stop();
        try (TorchFile file = TorchFile.open(write(torch.zip(pickle).bytes()))) {
            assertArrayEquals(TorchWriter.content("0", 4), read(file, "w"));
        }
    }

    @Test
    void olderFilesDoNotSayTheirByteOrder() throws IOException {
        ZipWriter zip = TorchWriter.everything().zip();
        zip.entries.removeIf(entry -> entry.name.endsWith("byteorder"));
        TorchFile.open(write(zip.bytes())).close();
    }

    @Test
    void bigEndianIsRefused() throws IOException {
        ZipWriter zip = TorchWriter.everything().zip();
        zip.entries.removeIf(entry -> entry.name.endsWith("byteorder"));
        zip.add("archive/byteorder", TorchWriter.ascii("big"));
        assertRefused(Kind.BYTE_ORDER, "the byte order \"big\"", zip.bytes());
    }

    @Test
    void otherFormatsAreToldApart() throws IOException {
        byte[] legacy = {(byte) 0x80, 2, (byte) 0x8a, 10, 'l', (byte) 0xfc, (byte) 0x9c, 'F', (byte) 0xf9, ' ', 'j'};
        assertRefused(Kind.LEGACY_FORMAT, "store it again: torch.save(model.state_dict(), ", legacy);
        byte[] tar = new byte[512];
        System.arraycopy(TorchWriter.ascii("ustar"), 0, tar, 257, 5);
        assertRefused(Kind.LEGACY_FORMAT, "a tar archive", tar);
        byte[] pointer = TorchWriter.ascii("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
        assertRefused(Kind.LFS_POINTER, "git lfs pull", pointer);
        assertRefused(Kind.NOT_ZIP, "found something else, expected a zip archive", new byte[1000]);
        assertRefused(Kind.NOT_ZIP, "3 bytes", new byte[3]);
        ZipWriter script = TorchWriter.everything().zip();
        script.add("archive/constants.pkl", new byte[1]);
        assertRefused(Kind.TORCHSCRIPT, "a TorchScript program", script.bytes());
    }

    /** The file has a hole where a huge storage stands, so that it needs no space. */
    @Test
    void storageBehindFourGibibytesIsReadRight() throws IOException {
        long huge = 4_500_000_000L;
        ZipWriter zip = new TorchWriter()
                .tensor("huge", new TorchWriter.Tensor("ByteStorage", "h", huge, 0, new long[] {huge}, new long[] {1}))
                .zip();
        zip.zip64 = true;
        ZipWriter.Entry entry = zip.add("archive/data/h", new byte[0]);
        entry.size = huge;
        entry.packed = huge;
        zip.hole = huge;
        byte[] bytes = zip.bytes();
        int before = zip.listBegin;
        Path path = folder.resolve("sparse.bin");
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes, 0, before));
            channel.write(ByteBuffer.wrap(TorchWriter.ascii("12345678")), before + huge - 8);
            channel.write(ByteBuffer.wrap(bytes, before, bytes.length - before), before + huge);
        }
        try (TorchFile file = TorchFile.open(path)) {
            Value.Tensor tensor = file.tensors().get("huge");
            assertEquals(huge, tensor.bytes());
            assertEquals(
                    Files.size(path) - (bytes.length - before),
                    tensor.storage().entry().end());
        }
    }

    @Test
    void absentFileAndFolderAreReported() {
        InputException absent = assertThrows(InputException.class, () -> TorchFile.open(folder.resolve("none.bin")));
        assertTrue(absent.getMessage().contains("no such file"), absent.getMessage());
        InputException directory = assertThrows(InputException.class, () -> TorchFile.open(folder));
        assertTrue(directory.getMessage().contains("a folder stands where a file is needed"), directory.getMessage());
        assertFalse(directory instanceof PickleException);
    }
}
