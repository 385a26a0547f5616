package org.statecraft.model.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.model.pickle.PickleException.Kind;
import org.statecraft.model.safetensors.SafetensorsException;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.Fixtures;

final class ModelImportTest {
    private static final ModelImport.Progress SILENT = (done, total) -> {};

    @TempDir
    private Path folder;

    private Path source() throws IOException {
        return Files.createDirectories(folder.resolve("source"));
    }

    private Path target() {
        return folder.resolve("imported");
    }

    private ModelImport.Result run() throws IOException {
        return ModelImport.run(source(), target(), SILENT);
    }

    private static byte[] bytes(SafetensorsFile file, String name) {
        ByteBuffer stored = file.bytes(name);
        byte[] bytes = new byte[stored.remaining()];
        stored.get(bytes);
        return bytes;
    }

    private Set<String> names(Path parent) throws IOException {
        try (Stream<Path> files = Files.list(parent)) {
            return new TreeSet<>(
                    files.map(file -> file.getFileName().toString()).toList());
        }
    }

    @Test
    void realModelBecomesItsSafetensorsFileBitForBit() throws IOException {
        Path model = Fixtures.dir("models-real", "protmamba-example-0.9m");
        ModelImport.Result result = ModelImport.run(model, target(), SILENT);

        assertEquals(
                new ModelImport.Result(
                        target(), 82, 938_112 * 4L, List.of("lm_head.weight"), List.of("config.json", "vocab.json")),
                result);
        assertEquals(-1, Files.mismatch(model.resolve("config.json"), target().resolve("config.json")));
        PublishedFolder.verify(target());
        try (SafetensorsFile expected = SafetensorsFile.open(model.resolve("model.safetensors"));
                SafetensorsFile found = SafetensorsFile.open(target().resolve("model.safetensors"))) {
            assertEquals(
                    expected.tensors().keySet(), new TreeSet<>(found.tensors().keySet()));
            expected.tensors().forEach((name, info) -> {
                assertEquals(info.dtype(), found.info(name).dtype(), name);
                assertEquals(info.shape(), found.info(name).shape(), name);
                assertArrayEquals(bytes(expected, name), bytes(found, name), name);
            });
        }
    }

    @Test
    void everyTypeKeepsItsBits() throws IOException {
        Path bin = source().resolve("pytorch_model.bin");
        Files.write(bin, TorchWriter.everything().zip().bytes());
        assertEquals(List.of("lm_head.weight"), run().tied());
        try (TorchFile torch = TorchFile.open(bin);
                SafetensorsFile found = SafetensorsFile.open(target().resolve("model.safetensors"))) {
            Set<String> expected = new TreeSet<>(torch.tensors().keySet());
            expected.remove("lm_head.weight");
            assertEquals(expected, new TreeSet<>(found.tensors().keySet()));
            for (String name : expected) {
                Value.Tensor tensor = torch.tensors().get(name);
                assertEquals(tensor.storage().dtype(), found.info(name).dtype(), name);
                assertArrayEquals(
                        tensor.layout().sizes(), found.info(name).shape().getShape(), name);
                assertArrayEquals(TorchFileTest.read(torch, name), bytes(found, name), name);
            }
        }
    }

    @Test
    void configurationAndTokenizerComeAlong() throws IOException {
        Files.write(
                source().resolve("pytorch_model.bin"),
                new TorchWriter().tensor("w", "HalfStorage", 2, 3).zip().bytes());
        List<String> wanted = List.of(
                "config.json",
                "generation_config.json",
                "params.json",
                "special_tokens_map.json",
                "tokenizer.json",
                "tokenizer.model",
                "tokenizer_config.json",
                "vocab.json");
        for (String name : wanted) {
            Files.writeString(source().resolve(name), name);
        }
        Files.writeString(source().resolve("evil.py"), "print()");
        Files.createDirectory(source().resolve("tokenizer"));

        assertEquals(wanted, run().copied());
        Set<String> expected = new TreeSet<>(wanted);
        expected.addAll(List.of("MANIFEST.json", "model.safetensors"));
        assertEquals(expected, names(target()));
    }

    @Test
    void aFileByAnyNameIsImportedWithWhatStandsBesideIt() throws IOException {
        Path file = source().resolve("step-100.bin");
        Files.write(
                file, new TorchWriter().tensor("w", "HalfStorage", 2, 3).zip().bytes());
        Files.writeString(source().resolve("config.json"), "{}");
        assertEquals(
                List.of("config.json"), ModelImport.run(file, target(), SILENT).copied());
    }

    private void shards(String index) throws IOException {
        Files.write(
                source().resolve("one.bin"),
                new TorchWriter()
                        .tensor("a", "FloatStorage", 4, 2)
                        .tensor("b", "HalfStorage", 2, 2)
                        .zip()
                        .bytes());
        Files.write(
                source().resolve("two.bin"),
                new TorchWriter().tensor("a", "ByteStorage", 1, 7).zip().bytes());
        Files.writeString(source().resolve("pytorch_model.bin.index.json"), "{\"weight_map\":" + index + "}");
    }

    @Test
    void shardsBecomeOneFile() throws IOException {
        shards("{\"a\":\"two.bin\",\"b\":\"one.bin\"}");
        assertEquals(2, run().tensors());
        try (SafetensorsFile found = SafetensorsFile.open(target().resolve("model.safetensors"))) {
            assertEquals("U8", found.info("a").dtype().name());
            assertArrayEquals(TorchWriter.content("1", 4), bytes(found, "b"));
        }
    }

    @Test
    void brokenIndexIsRefused() throws IOException {
        shards("{\"a\":\"../source/two.bin\"}");
        SafetensorsException outside = assertThrows(SafetensorsException.class, this::run);
        assertEquals(SafetensorsException.Kind.INDEX_PATH, outside.kind());
        shards("{\"a\":\"three.bin\"}");
        assertEquals(
                Kind.SHARD_MISSING,
                assertThrows(PickleException.class, this::run).kind());
        shards("{\"c\":\"two.bin\"}");
        assertEquals(
                Kind.TENSOR_MISSING,
                assertThrows(PickleException.class, this::run).kind());
        assertEquals(Set.of("source"), names(folder));
    }

    @Test
    void headOfItsOwnStays() throws IOException {
        Files.write(
                source().resolve("pytorch_model.bin"),
                new TorchWriter()
                        .tensor("backbone.embedding.weight", "HalfStorage", 2, 3, 2)
                        .tensor("lm_head.weight", "HalfStorage", 2, 3, 2)
                        .zip()
                        .bytes());
        ModelImport.Result result = run();
        assertEquals(2, result.tensors());
        assertEquals(List.of(), result.tied());
    }

    /** A small file with a thousand names for one storage would otherwise become a huge one. */
    @Test
    void tensorsOverTheSameBytesAreRefusedByName() throws IOException {
        long[] one = {1};
        Files.write(
                source().resolve("pytorch_model.bin"),
                new TorchWriter()
                        .storage("0", 16)
                        .tensor("a", new TorchWriter.Tensor("FloatStorage", "0", 4, 0, new long[] {3}, one))
                        .tensor("b", new TorchWriter.Tensor("FloatStorage", "0", 4, 2, new long[] {2}, one))
                        .zip()
                        .bytes());
        PickleException failure = assertThrows(PickleException.class, this::run);
        assertEquals(Kind.SHARED_BYTES, failure.kind());
        assertTrue(failure.getMessage().contains("\"a\" and \"b\" over the same bytes"), failure.getMessage());
    }

    @Test
    void reservedNameIsRefused() throws IOException {
        Files.write(
                source().resolve("pytorch_model.bin"),
                new TorchWriter()
                        .tensor("__metadata__", "HalfStorage", 2, 3)
                        .zip()
                        .bytes());
        assertEquals(
                Kind.CONTENT, assertThrows(PickleException.class, this::run).kind());
        assertEquals(Set.of("source"), names(folder), "nothing is left");
    }

    @Test
    void existingFolderIsNotTouched() throws IOException {
        Files.write(
                source().resolve("pytorch_model.bin"),
                new TorchWriter().tensor("w", "HalfStorage", 2, 3).zip().bytes());
        Files.createDirectory(target());
        InputException failure = assertThrows(InputException.class, this::run);
        assertTrue(failure.getMessage().contains("it exists already"), failure.getMessage());
        assertEquals(Set.of(), names(target()));
    }

    @Test
    void whatAKilledImportLeftIsRemoved() throws IOException {
        Files.write(
                source().resolve("pytorch_model.bin"),
                new TorchWriter().tensor("w", "HalfStorage", 2, 3).zip().bytes());
        Files.createDirectory(folder.resolve(".imported.999999999-0123abcd.tmp"));
        run();
        assertEquals(Set.of("imported", "source"), names(folder));
    }

    @Test
    void folderWithoutCheckpointIsExplained() throws IOException {
        assertTrue(assertThrows(InputException.class, this::run)
                .getMessage()
                .contains("holds neither pytorch_model.bin nor pytorch_model.bin.index.json. Check"));
        Files.createFile(source().resolve("model.safetensors"));
        assertTrue(assertThrows(InputException.class, this::run)
                .getMessage()
                .contains("safetensors already. Use it as it is: statecraft inspect"));
        InputException absent =
                assertThrows(InputException.class, () -> ModelImport.run(folder.resolve("none"), target(), SILENT));
        assertTrue(absent.getMessage().contains("no such folder or file"), absent.getMessage());
        assertFalse(Files.exists(target()));
    }

    @Test
    void progressRisesToTheTotal() throws IOException {
        Files.write(
                source().resolve("pytorch_model.bin"),
                TorchWriter.everything().zip().bytes());
        List<Long> seen = new ArrayList<>();
        ModelImport.Result result = ModelImport.run(source(), target(), (done, total) -> {
            assertTrue(done <= total);
            seen.add(done);
        });
        assertEquals(seen.stream().sorted().toList(), seen);
        assertEquals(result.bytes(), seen.get(seen.size() - 1));
    }
}
