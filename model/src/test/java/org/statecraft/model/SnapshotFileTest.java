package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.safetensors.SafetensorsException;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.model.testing.ModelCase;

/** Files that are no snapshot of the model are refused, each with everything that is wrong. */
class SnapshotFileTest {
    @TempDir
    private Path folder;

    private ModelCase golden;
    private Path file;
    private Map<String, NDArray> tensors;
    private Map<String, String> metadata;

    /** A good snapshot, taken apart. */
    @BeforeEach
    void writeAGoodOne() {
        golden = ModelCase.open("mamba2-tiny-g1");
        file = folder.resolve("a.state");
        NDArray ids = golden.array("input_ids").get(new NDIndex("0:1"));
        Output output = golden.model().prefill(TokenBatch.of(ids), null);
        float[] logits = golden.model().logits(output.hidden()).toFloatArray();
        try (Snapshot snapshot = Snapshot.of(golden.model(), output.state(), logits, 70)) {
            snapshot.save(file);
        }
        tensors = new LinkedHashMap<>();
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            stored.tensors().keySet().forEach(name -> tensors.put(name, stored.array(golden.scope(), name)));
            metadata = new LinkedHashMap<>(stored.metadata());
        }
    }

    @AfterEach
    void close() {
        golden.close();
    }

    private List<String> problems() throws IOException {
        SafetensorsWriter.write(file, tensors, metadata);
        SnapshotException refused = assertThrows(SnapshotException.class, () -> Snapshot.load(golden.model(), file));
        assertTrue(refused.getMessage().startsWith(file + ": "), refused.getMessage());
        return refused.problems();
    }

    @Test
    void theFileSaysWhatItHolds() {
        assertEquals(
                List.of(
                        "layers.0.conv_window",
                        "layers.0.state",
                        "layers.1.conv_window",
                        "layers.1.state",
                        "layers.2.conv_window",
                        "layers.2.state",
                        "logits"),
                tensors.keySet().stream().sorted().toList());
        assertEquals(new Shape(96, 3), tensors.get("layers.0.conv_window").getShape());
        assertEquals(new Shape(8, 8, 16), tensors.get("layers.0.state").getShape());
        assertEquals(new Shape(97), tensors.get("logits").getShape());
        assertEquals("1", metadata.get("statecraft.snapshot"));
        assertEquals("Mamba-2", metadata.get("architecture"));
        assertEquals("70", metadata.get("tokens"));
    }

    @Test
    void allMistakesAreNamedAtOnce() throws IOException {
        tensors.remove("layers.0.state");
        tensors.put("layers.1.state", golden.scope().zeros(new Shape(8, 8, 15)));
        tensors.put("layers.2.state", golden.scope().zeros(new Shape(8, 8, 16), DataType.INT32));
        tensors.put("layers.3.state", golden.scope().zeros(new Shape(1)));
        metadata.put("tokens", "-1");

        assertEquals(
                List.of(
                        "metadata: tokens is -1, expected a whole number",
                        "layers.0.state is missing, expected shape (8, 8, 16)",
                        "layers.1.state has shape (8, 8, 15), expected (8, 8, 16)",
                        "layers.2.state is I32, expected F32",
                        "layers.3.state has no place in this model"),
                problems());
    }

    @Test
    void anotherKindOfFileIsNoSnapshot() throws IOException {
        metadata.remove("statecraft.snapshot");
        assertTrue(problems().get(0).contains("no statecraft.snapshot"), "no version");
        Path model = golden.folder().resolve("model.safetensors");
        assertThrows(SnapshotException.class, () -> Snapshot.load(golden.model(), model));
    }

    @Test
    void aLayoutOfTheFutureIsRefused() throws IOException {
        metadata.put("statecraft.snapshot", "2");
        assertEquals(1, problems().size());
        assertTrue(problems().get(0).startsWith("layout 2, expected 1"), problems()::toString);
    }

    @Test
    void otherWeightsOfTheSameShapesAreToldApart() {
        try (ModelCase other = ModelCase.open("mamba2-tiny-g1-bf16")) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> Snapshot.load(other.model(), file));
            assertEquals(1, refused.problems().size());
            assertTrue(refused.problems().get(0).startsWith("metadata: model is "), refused.getMessage());
        }
    }

    @Test
    void anotherArchitectureIsRefused() {
        try (ModelCase other = ModelCase.open("mamba1-tiny")) {
            SnapshotException refused = assertThrows(SnapshotException.class, () -> Snapshot.load(other.model(), file));
            assertTrue(
                    refused.problems().contains("metadata: architecture is Mamba-2, expected Mamba-1"),
                    refused.getMessage());
            assertTrue(refused.problems().contains("layers.2.state has no place in this model"), refused.getMessage());
        }
    }

    @Test
    void missingAndBrokenFilesGiveOneMessage() throws IOException {
        assertThrows(InputException.class, () -> Snapshot.load(golden.model(), folder.resolve("nowhere")));
        byte[] good = Files.readAllBytes(file);
        for (int length : new int[] {0, 7, 8, 100, good.length - 1}) {
            Files.write(file, Arrays.copyOf(good, length));
            assertThrows(SafetensorsException.class, () -> Snapshot.load(golden.model(), file));
        }
    }

    /** Whatever the header holds, a snapshot comes out or the reason why not. */
    @Test
    void mutatedFilesLoadOrAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(file);
        int header = 1000;
        SplittableRandom random = new SplittableRandom(5);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] bytes = good.clone();
            for (int k = 0; k <= i % 3; k++) {
                bytes[random.nextInt(header)] = (byte) random.nextInt(256);
            }
            Files.write(file, bytes);
            try {
                Snapshot.load(golden.model(), file).close();
            } catch (InputException e) {
                refused++;
            }
        }
        assertTrue(refused > 250, "most are refused: " + refused);
    }

    @Test
    void aFailedSaveLeavesTheOldFile() throws IOException {
        byte[] good = Files.readAllBytes(file);
        Path blocked = file.resolve("below-a-file");
        try (Snapshot snapshot = Snapshot.load(golden.model(), file)) {
            InputException refused = assertThrows(InputException.class, () -> snapshot.save(blocked));
            assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
            snapshot.save(file);
        }
        assertEquals(-1, Arrays.mismatch(good, Files.readAllBytes(file)));
        try (Stream<Path> all = Files.list(folder)) {
            assertEquals(List.of(file), all.toList());
        }
    }
}
