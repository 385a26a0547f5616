package org.statecraft.model.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.InputException;
import org.statecraft.model.testing.Fixtures;

final class TensorStoreTest {
    @TempDir
    private Path folder;

    /** Every model of the fixtures whose {@code golden.json} says how many tensors it has. */
    @TestFactory
    Stream<DynamicTest> modelFolderOpensWithAllItsTensors() {
        Path models = Fixtures.dir("models");
        JsonNode cases = Fixtures.json(models.resolve("manifest.json")).path("cases");
        assertFalse(cases.isEmpty(), "no cases in the manifest");
        return StreamSupport.stream(cases.spliterator(), false)
                .map(one -> models.resolve(one.get("folder").textValue()))
                .filter(model -> Fixtures.json(model.resolve("golden.json")).has("tensor_count"))
                .map(model -> DynamicTest.dynamicTest(model.getFileName().toString(), () -> {
                    int expected = Fixtures.json(model.resolve("golden.json"))
                            .get("tensor_count")
                            .intValue();
                    try (TensorStore store = TensorStore.open(model)) {
                        assertEquals(expected, store.tensors().size());
                    }
                }));
    }

    /** The sharded fixture names the one-file model with the same weights. */
    @Test
    void shardedModelHoldsTheSameBytesAsTheOneInOneFile() {
        Path models = Fixtures.dir("models");
        Path sharded = models.resolve("mamba2-tiny-g1-sharded");
        Path whole = models.resolve(Fixtures.json(sharded.resolve("golden.json"))
                .get("same_logits_as")
                .textValue());
        try (TensorStore one = TensorStore.open(sharded);
                TensorStore other = TensorStore.open(whole);
                NDManager manager = NDManager.newBaseManager(Device.cpu())) {
            assertTrue(one.files().size() > 1);
            assertEquals(other.tensors().keySet(), one.tensors().keySet());
            for (String name : one.tensors().keySet()) {
                assertArrayEquals(
                        other.float32(manager, name).toFloatArray(),
                        one.float32(manager, name).toFloatArray(),
                        name);
            }
        }
    }

    @Test
    void missingTensorIsReportedWithSimilarNames() {
        try (TensorStore store = TensorStore.open(Fixtures.dir("models", "safetensors-bad", "ok-index"))) {
            InputException failure = assertThrows(InputException.class, () -> store.info("W"));
            assertTrue(failure.getMessage().contains("similar names: \"w\""), failure.getMessage());
        }
    }

    @Test
    void tensorThatTheIndexDoesNotNameDoesNotExist() throws IOException {
        RawFiles.write(
                folder.resolve("part.safetensors"),
                """
                {"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},\
                "stray":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""",
                new byte[2]);
        Files.writeString(
                folder.resolve("model.safetensors.index.json"), "{\"weight_map\":{\"w\":\"part.safetensors\"}}");
        try (TensorStore store = TensorStore.open(folder)) {
            assertEquals(Set.of("w"), store.tensors().keySet());
        }
    }

    @Test
    void folderWithoutWeightsIsExplained() throws IOException {
        InputException nothing = assertThrows(InputException.class, () -> TensorStore.open(folder));
        assertTrue(
                nothing.getMessage().contains("neither model.safetensors nor model.safetensors.index.json"),
                nothing.getMessage());
        Files.createFile(folder.resolve("pytorch_model.bin"));
        InputException pickle = assertThrows(InputException.class, () -> TensorStore.open(folder));
        assertTrue(
                pickle.getMessage().contains("only pytorch_model.bin. Convert it: statecraft import " + folder),
                pickle.getMessage());
        InputException absent = assertThrows(InputException.class, () -> TensorStore.open(folder.resolve("no")));
        assertTrue(absent.getMessage().contains("no such folder"), absent.getMessage());
    }
}
