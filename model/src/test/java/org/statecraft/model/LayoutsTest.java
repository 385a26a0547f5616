package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.mamba2.Mamba2Config;
import org.statecraft.model.testing.WrittenModel;

/** The same weights under the names of other layouts, and every way in which a head can be stored. */
class LayoutsTest {
    private static final long SEED = 5;
    private static final String EMBEDDING = "backbone.embeddings.weight";
    private static final String HEAD = "lm_head.weight";

    @TempDir
    private Path root;

    private Path folder(String name, String configFile, String config) throws IOException {
        Path folder = Files.createDirectory(root.resolve(name));
        Files.writeString(folder.resolve(configFile), config);
        return folder;
    }

    private static float[] logits(Path folder) {
        try (LanguageModel model = LanguageModel.load(folder, Device.cpu());
                NDManager scope = model.newScope()) {
            int[] ids = IntStream.range(0, 9).map(i -> i * 7 % 32).toArray();
            TokenBatch batch = TokenBatch.padded(scope, List.of(ids));
            return model.logits(model.forward(batch, null, null).hidden()).toFloatArray();
        }
    }

    @Test
    void codestralEqualsTheSameWeightsInTheHuggingFaceLayout() throws IOException {
        WrittenModel weights =
                WrittenModel.mamba2(2, 512, 1024, 8, 128, 32).put(HEAD, 32, 512).random(SEED);
        Path codestral = folder(
                "codestral",
                "params.json",
                """
                {"dim": 512, "n_layers": 2, "vocab_size": 32, "n_groups": 8, "rms_norm": true, "residual_in_fp32": true,
                 "fused_add_norm": true, "pad_vocab_size_multiple": 1, "tie_embeddings": false, "model_type": "mamba"}""");
        weights.write(codestral.resolve("consolidated.safetensors"), "model.");
        Path huggingFace = folder(
                "hf",
                "config.json",
                """
                {"model_type": "mamba2", "hidden_size": 512, "num_hidden_layers": 2, "vocab_size": 32, "num_heads": 16,
                 "tie_word_embeddings": false}""");
        weights.write(huggingFace.resolve("model.safetensors"), "");

        assertArrayEquals(logits(huggingFace), logits(codestral));
        try (Checkpoint checkpoint = Checkpoint.open(codestral)) {
            assertEquals(Layout.CODESTRAL, checkpoint.layout());
            assertEquals(8, checkpoint.shapes().get(0).groups());
            assertEquals(List.of(2), checkpoint.config().eosTokenIds());
            assertFalse(checkpoint.tied());
            assertEquals(List.of("separate head", "B and C in 8 groups", "no tokenizer.json"), checkpoint.unusual());
        }
    }

    private static final String STATE_SPACES =
            """
            {"d_model": 16, "n_layer": 2, "vocab_size": 32, "ssm_cfg": {"d_state": 4}, "tie_embeddings": %s}""";

    private static WrittenModel small() {
        return WrittenModel.mamba1(2, 16, 32, 4, 1, 32);
    }

    @Test
    void aTiedHeadThatIsStoredAgainCountsOnce() throws IOException {
        WrittenModel weights = small().put(HEAD, 32, 16).random(SEED);
        System.arraycopy(weights.values(EMBEDDING), 0, weights.values(HEAD), 0, 32 * 16);
        Path again = folder("again", "config.json", STATE_SPACES.formatted("true"));
        weights.write(again.resolve("model.safetensors"), "");
        Path once = folder("once", "config.json", STATE_SPACES.formatted("true"));
        weights.remove(HEAD).write(once.resolve("model.safetensors"), "");

        assertArrayEquals(logits(once), logits(again));
        try (Checkpoint stored = Checkpoint.open(again);
                Checkpoint shared = Checkpoint.open(once)) {
            assertTrue(stored.tied());
            assertEquals(shared.parameterCount(), stored.parameterCount());
            assertEquals(List.of("the tied head is stored a second time", "no tokenizer.json"), stored.unusual());
            assertEquals(List.of("no tokenizer.json"), shared.unusual());
        }
    }

    @Test
    void aStoredHeadThatDiffersIsUsedWhateverTheConfigurationSays() throws IOException {
        WrittenModel weights = small().put(HEAD, 32, 16).random(SEED);
        Path tied = folder("tied", "config.json", STATE_SPACES.formatted("true"));
        weights.write(tied.resolve("model.safetensors"), "");
        Path untied = folder("untied", "config.json", STATE_SPACES.formatted("false"));
        weights.write(untied.resolve("model.safetensors"), "");

        assertArrayEquals(logits(untied), logits(tied));
        try (Checkpoint said = Checkpoint.open(tied);
                Checkpoint separate = Checkpoint.open(untied)) {
            assertFalse(said.tied());
            assertTrue(said.unusual().get(0).startsWith("the stored head differs from the embedding"));
            assertEquals("separate head", separate.unusual().get(0));
            assertEquals(small().put(HEAD, 32, 16).size(), said.parameterCount());
        }
    }

    /** A sparse file: two matrices of 2.1 GB that differ in one byte in the middle. */
    @Test
    void aHeadOfMoreThanTwoGibibytesIsComparedToo() throws IOException {
        long rows = (1L << 25) + 1;
        WrittenModel weights = WrittenModel.mamba1(1, 16, 32, 4, 1, rows).put(HEAD, rows, 16);
        Path huge = folder(
                "huge",
                "config.json",
                """
                {"model_type": "mamba", "hidden_size": 16, "num_hidden_layers": 1, "vocab_size": %d, "state_size": 4}"""
                        .formatted(rows));
        Path file = huge.resolve("model.safetensors");
        weights.writeHeader(file, "");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.seek(sparse.length() - (1L << 30));
            sparse.write(1);
        }
        try (Checkpoint checkpoint = Checkpoint.open(huge)) {
            assertFalse(checkpoint.tied());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ", \"time_step_limit\": null",
                ", \"time_step_limit\": [0.0, Infinity]",
                ", \"time_step_limit\": [0.0, {\"__float__\": \"Infinity\"}]",
                ", \"time_step_limit\": [0, {\"__float__\": \"inf\"}]",
                ", \"time_step_limit\": [0.0, \"inf\"]",
                ", \"time_step_limit\": [0.0, \"+Infinity\"]",
                ", \"time_step_limit\": [0.0, 1e999]"
            })
    void everyFormOfInfinityIsRead(String written) throws IOException {
        Path folder = folder("infinity", "config.json", "{\"model_type\": \"mamba2\"" + written + "}");

        Mamba2Config config = (Mamba2Config) Configuration.read(folder).config();

        assertArrayEquals(new double[] {0, Double.POSITIVE_INFINITY}, config.timeStepLimit());
    }
}
