package org.statecraft.model.fresh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.Checkpoint;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.fresh.FreshModel.Bounds;

/** What untrained models start from: the published distributions, as far as a sample shows them. */
class FreshFolderTest {
    private static final FreshMamba1 MAMBA1 = new FreshMamba1(96, 3, 64, 16, 2, 4, 5, true, Bounds.STEP_SIZES);
    private static final FreshMamba2 MAMBA2 =
            new FreshMamba2(97, 2, 64, 16, 2, 4, 4, 2, false, Bounds.STEP_SIZES, Bounds.DECAYS);

    @TempDir
    private Path folder;

    static List<FreshModel> models() {
        return List.of(
                MAMBA1,
                MAMBA2,
                new FreshMamba1(33, 1, 24, 3, 1, 2, 1, false, Bounds.STEP_SIZES),
                new FreshMamba2(33, 1, 24, 7, 3, 3, 8, 1, true, Bounds.STEP_SIZES, Bounds.DECAYS));
    }

    private Path write(FreshModel model, long seed) throws IOException {
        Path target = Files.createTempDirectory(folder, "model");
        FreshFolder.write(model, seed, 5, target);
        return target;
    }

    private float[] values(FreshModel model, String name) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(write(model, 7));
                NDManager manager = NDManager.newBaseManager(Device.cpu());
                NDArray tensor = checkpoint.tensors().float32(manager, name)) {
            return tensor.toFloatArray();
        }
    }

    private static float[] layerNorm(int size) {
        float[] ones = new float[size];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static double mean(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum() / values.length;
    }

    private static double deviation(float[] values) {
        double mean = mean(values);
        double squares = IntStream.range(0, values.length)
                .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
                .sum();
        return Math.sqrt(squares / values.length);
    }

    /** Uniform within a bound: near it, never beyond it, and of the deviation bound/√3. */
    private static void assertUniform(double bound, float[] values) {
        for (float value : values) {
            assertTrue(Math.abs(value) <= bound * 1.000001, () -> value + " is beyond " + bound);
        }
        assertEquals(bound / Math.sqrt(3), deviation(values), 0.08 * bound);
        assertEquals(0, mean(values), 0.15 * bound);
    }

    private static void assertStepSizes(float[] biases) {
        double low = Double.MAX_VALUE;
        double high = 0;
        for (float bias : biases) {
            double step = Math.log1p(Math.exp(bias));
            assertTrue(step > 0.999e-3 && step < 0.1001, () -> "a step size of " + step);
            low = Math.min(low, step);
            high = Math.max(high, step);
        }
        assertTrue(low < 4e-3 && high > 0.025, "step sizes from " + low + " to " + high);
    }

    @ParameterizedTest
    @MethodSource("models")
    void theLoaderTakesEveryShapeAndTheModelComputes(FreshModel model) throws IOException {
        Path written = write(model, 1);
        try (Checkpoint checkpoint = Checkpoint.open(written)) {
            assertEquals(model.tiedEmbeddings(), checkpoint.tied());
            assertEquals(
                    List.of(),
                    checkpoint.unusual().stream()
                            .filter(remark -> remark.contains("unknown"))
                            .toList());
        }
        try (LanguageModel loaded = LanguageModel.load(written, Device.cpu());
                NDManager scope = loaded.newScope()) {
            assertEquals(List.of(5), loaded.config().eosTokenIds());
            NDArray ids = scope.create(new long[] {1, 2, 3, 30, 2}, new Shape(1, 5));
            NDArray logits = loaded.logits(loaded.forward(ids).hidden());
            assertEquals(new Shape(1, 5, model.vocabulary()), logits.getShape());
            // an untrained model prefers nothing: its logits are small
            assertTrue(logits.abs().max().getFloat() < 4);
            assertTrue(logits.abs().max().getFloat() > 0);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void theSeedDecidesEveryByte(FreshModel model) throws IOException {
        Path first = write(model, 3);
        Path second = write(model, 3);
        Path other = write(model, 4);

        for (String file : List.of("config.json", "model.safetensors")) {
            assertArrayEquals(Files.readAllBytes(first.resolve(file)), Files.readAllBytes(second.resolve(file)));
        }
        assertFalse(Arrays.equals(
                Files.readAllBytes(first.resolve("model.safetensors")),
                Files.readAllBytes(other.resolve("model.safetensors"))));
    }

    @Test
    void layersOfOneModelStartDifferently() throws IOException {
        assertNotEquals(
                values(MAMBA2, "backbone.layers.0.mixer.in_proj.weight")[0],
                values(MAMBA2, "backbone.layers.1.mixer.in_proj.weight")[0]);
    }

    @Test
    void aMamba1StartsFromThePublishedDistributions() throws IOException {
        String layer = "backbone.layers.2.";
        float[] logs = values(MAMBA1, layer + "mixer.A_log");
        for (int i = 0; i < logs.length; i++) {
            assertEquals(i % 16 + 1, Math.exp(logs[i]), 1e-5);
        }
        assertStepSizes(values(MAMBA1, layer + "mixer.dt_proj.bias"));
        assertUniform(1 / Math.sqrt(5), values(MAMBA1, layer + "mixer.dt_proj.weight"));
        assertUniform(1 / 8.0, values(MAMBA1, layer + "mixer.in_proj.weight"));
        assertUniform(0.5, values(MAMBA1, layer + "mixer.conv1d.weight"));
        assertUniform(0.5, values(MAMBA1, layer + "mixer.conv1d.bias"));
        assertUniform(1 / Math.sqrt(128), values(MAMBA1, layer + "mixer.x_proj.weight"));
        assertUniform(1 / Math.sqrt(128 * 3), values(MAMBA1, layer + "mixer.out_proj.weight"));
        assertArrayEquals(layerNorm(128), values(MAMBA1, layer + "mixer.D"));
        assertArrayEquals(layerNorm(64), values(MAMBA1, layer + "norm.weight"));
    }

    @Test
    void aMamba2StartsFromThePublishedDistributions() throws IOException {
        String layer = "backbone.layers.1.";
        float[] logs = values(MAMBA2, layer + "mixer.A_log");
        assertEquals(32, logs.length);
        for (float log : logs) {
            assertTrue(log >= 0 && log <= Math.log(16), () -> "A = " + -Math.exp(log));
        }
        double[] decays =
                IntStream.range(0, 32).mapToDouble(i -> Math.exp(logs[i])).toArray();
        assertTrue(Arrays.stream(decays).min().orElseThrow() < 4);
        assertTrue(Arrays.stream(decays).max().orElseThrow() > 13);
        assertStepSizes(values(MAMBA2, layer + "mixer.dt_bias"));
        assertUniform(1 / 8.0, values(MAMBA2, layer + "mixer.in_proj.weight"));
        assertUniform(0.5, values(MAMBA2, layer + "mixer.conv1d.weight"));
        assertUniform(1 / Math.sqrt(128 * 2), values(MAMBA2, layer + "mixer.out_proj.weight"));
        assertArrayEquals(layerNorm(128), values(MAMBA2, layer + "mixer.norm.weight"));
        assertEquals(0.02, deviation(values(MAMBA2, "backbone.embeddings.weight")), 1e-3);
        assertUniform(1 / 8.0, values(MAMBA2, "lm_head.weight"));
    }

    @Test
    void stepSizesAndDecaysStartWhereTheyAreToldTo() throws IOException {
        FreshMamba2 slow = new FreshMamba2(9, 1, 64, 8, 2, 4, 4, 1, true, new Bounds(0.2, 0.9), new Bounds(0.01, 0.5));
        for (float bias : values(slow, "backbone.layers.0.mixer.dt_bias")) {
            double step = Math.log1p(Math.exp(bias));
            assertTrue(step > 0.1999 && step < 0.9001, () -> "a step size of " + step);
        }
        for (float log : values(slow, "backbone.layers.0.mixer.A_log")) {
            assertTrue(Math.exp(log) >= 0.0099 && Math.exp(log) <= 0.5001, () -> "A = " + -Math.exp(log));
        }
        assertThrows(IllegalArgumentException.class, () -> new Bounds(0.2, 0.1));
    }

    @Test
    void headsThatDoNotFitAreRefused() {
        assertThrows(
                InputException.class,
                () -> new FreshMamba2(9, 1, 60, 8, 2, 4, 16, 1, true, Bounds.STEP_SIZES, Bounds.DECAYS));
        assertThrows(
                InputException.class,
                () -> new FreshMamba2(9, 1, 64, 8, 2, 4, 16, 3, true, Bounds.STEP_SIZES, Bounds.DECAYS));
    }

    @Test
    void wordsAreTokensByTheirPlaceAndAnUnknownOneIsAnError() throws IOException {
        Path target = write(new FreshMamba2(4, 1, 8, 4, 2, 4, 4, 1, true, Bounds.STEP_SIZES, Bounds.DECAYS), 1);
        new WordVocabulary(List.of("zero", "k1", "=>")).write(target);
        try (Tokenizer tokenizer = Tokenizer.ofFile(target.resolve("tokenizer.json"))) {
            assertEquals(4, tokenizer.size());
            assertEquals(3, tokenizer.endOfText());
            assertArrayEquals(new int[] {1, 2, 0}, tokenizer.encode("k1 => zero"));
            assertArrayEquals(new int[] {0, 3}, tokenizer.encode("zero<|endoftext|>"));
            assertEquals("=> zero", tokenizer.decode(new int[] {2, 0, 3}));
            InputException unknown = assertThrows(InputException.class, () -> tokenizer.encode("k1 k2"));
            assertTrue(unknown.getMessage().contains("tokenizer.json"), unknown::getMessage);
        }
        assertThrows(IllegalArgumentException.class, () -> new WordVocabulary(List.of("a", "a")));
        assertThrows(IllegalArgumentException.class, () -> new WordVocabulary(List.of("a b")));
    }
}
