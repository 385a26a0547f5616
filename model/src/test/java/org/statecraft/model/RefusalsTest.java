package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.testing.WrittenModel;

/** What is not supported, or does not fit together, is refused by name and all at once. */
class RefusalsTest {
    private static final String MIXER = "backbone.layers.1.mixer.";

    @TempDir
    private Path folder;

    private static WrittenModel mamba1() {
        return WrittenModel.mamba1(2, 16, 32, 4, 1, 32);
    }

    private static WrittenModel mamba2() {
        return WrittenModel.mamba2(2, 64, 128, 1, 4, 32);
    }

    private String refusal(String configFile, String config, WrittenModel weights) throws IOException {
        Files.writeString(folder.resolve(configFile), config);
        weights.writeHeader(folder.resolve("model.safetensors"), "");
        return assertThrows(InputException.class, () -> Checkpoint.open(folder)).getMessage();
    }

    private void assertOpens(String config, WrittenModel weights) throws IOException {
        Files.writeString(folder.resolve("config.json"), config);
        weights.writeHeader(folder.resolve("model.safetensors"), "");
        Checkpoint.open(folder).close();
    }

    private static String mamba1Config(String more) {
        return "{\"d_model\": 16, \"n_layer\": 2, \"vocab_size\": 32, \"ssm_cfg\": {\"d_state\": 4}" + more + "}";
    }

    private static String mamba2Config(String mixer, String more) {
        return "{\"d_model\": 64, \"n_layer\": 2, \"vocab_size\": 32, \"ssm_cfg\": {\"layer\": \"Mamba2\", \"d_state\": 4"
                + mixer + "}" + more + "}";
    }

    private static String huggingFace(String more) {
        return "{\"model_type\": \"mamba\", \"hidden_size\": 16, \"num_hidden_layers\": 2, \"vocab_size\": 32, \"state_size\": 4"
                + more + "}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"attn_layer_idx\": [1] | attn_layer_idx is [1]: a hybrid with attention layers, which are not supported",
                "\"d_intermediate\": 64 | d_intermediate is 64: a gated MLP follows every mixer, which is not supported",
                "\"rms_norm\": false | rms_norm is false: layer norms with a bias, which are not supported",
                "\"tie_embeddings\": \"yes\" | tie_embeddings is \"yes\", expected true or false",
            })
    void stateSpacesConfigurationsAreRefusedByName(String key, String reason) throws IOException {
        String message = refusal("config.json", mamba1Config(", " + key), mamba1());
        assertTrue(message.contains(reason), message);
        assertTrue(message.startsWith(folder.resolve("config.json").toString()), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"d_ssm\": 64 | ssm_cfg.d_ssm is 64; only 128 is supported",
                "\"rmsnorm\": false | ssm_cfg.rmsnorm is false; only true is supported",
                "\"norm_before_gate\": true | ssm_cfg.norm_before_gate is true; only false is supported",
                "\"ngroups\": 3 | num_heads = 2 is no multiple of n_groups = 3",
                "\"dt_limit\": [0.5, 0.1] | ssm_cfg.dt_limit is [0.5,0.1], expected two numbers [lower, upper] with 0 ≤ lower < upper",
                "\"dt_limit\": [0.0, \"high\"] | ssm_cfg.dt_limit is [0.0,\"high\"], expected two numbers",
            })
    void mixerSettingsAreRefusedByName(String key, String reason) throws IOException {
        String message = refusal("config.json", mamba2Config(", " + key, ""), mamba2());
        assertTrue(message.contains(reason), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"d_model\": 16, \"ssm_cfg\": {\"layer\": \"Mamba3\"}} | ssm_cfg.layer is Mamba3, whose recurrence is not supported",
                "{\"model_type\": \"mamba3\"} | model_type is 'mamba3', whose recurrence is not supported",
                "{\"model_type\": \"jamba\"} | model_type is 'jamba', a hybrid with attention layers, which are not supported",
                "{\"model_type\": \"zamba2\"} | a hybrid with attention layers, which are not supported",
                "{\"model_type\": \"gpt2\"} | model_type is 'gpt2'; supported are mamba, mamba2 and falcon_mamba",
                "{\"hidden_size\": 16} | neither model_type (Hugging Face layout) nor d_model (state-spaces layout)",
            })
    void otherArchitecturesAreRefusedByName(String config, String reason) throws IOException {
        String message = refusal("config.json", config, mamba1());
        assertTrue(message.contains(reason), message);
    }

    @Test
    void anotherModelInCodestralsLayoutIsRefused() throws IOException {
        String message = refusal("params.json", "{\"dim\": 16, \"model_type\": \"transformer\"}", mamba1());
        assertTrue(message.contains("model_type is 'transformer', expected mamba"), message);
    }

    private record Tensors(UnaryOperator<WrittenModel> change, String reason) {}

    @Test
    void tensorsOfUnsupportedPartsAreRefusedByName() throws IOException {
        for (Tensors wrong : List.of(
                new Tensors(
                        w -> w.put("backbone.layers.0.mlp.fc1.weight", 8, 16),
                        "backbone.layers.0.mlp.fc1.weight; a gated MLP behind the mixers is not supported"),
                new Tensors(
                        w -> w.put(MIXER + "Wqkv.weight", 8, 16), "Wqkv.weight; layers of attention are not supported"),
                new Tensors(
                        w -> w.put("backbone.embedding.weight", 32, 16),
                        "backbone.embeddings.weight and backbone.embedding.weight are the same parameter"),
                new Tensors(w -> w.put(MIXER + "D", 31), MIXER + "D has shape (31), expected (32)"),
                new Tensors(w -> w.remove(MIXER + "D"), MIXER + "D is missing, expected shape [32]"))) {
            String message = refusal("config.json", mamba1Config(""), wrong.change.apply(mamba1()));
            assertTrue(message.contains(wrong.reason), message);
        }
    }

    @Test
    void aGatedMlpInTheSameProjectionIsRefusedByName() throws IOException {
        WrittenModel weights = mamba2().put(MIXER + "in_proj.weight", 2 * 40 + 2 * 128 + 2 * 4 + 2, 64)
                .put(MIXER + "out_proj.weight", 64, 40 + 128);
        String message = refusal("config.json", mamba2Config("", ""), weights);
        assertTrue(message.contains(MIXER + "in_proj.weight has 2·40 rows for a gated MLP beside the scan"), message);
    }

    @Test
    void onlyAnExplicitWordOnBiasesIsHeldAgainstTheTensors() throws IOException {
        assertOpens(huggingFace(""), mamba1());
        assertOpens(huggingFace(""), mamba1().put(MIXER + "in_proj.bias", 64).remove(MIXER + "conv1d.bias"));
        assertOpens(
                mamba1Config("").replace("\"d_state\": 4", "\"d_state\": 4, \"bias\": false, \"conv_bias\": true"),
                mamba1());
        assertOpens(huggingFace(", \"use_bias\": false, \"use_conv_bias\": true"), mamba1());

        String message = refusal(
                "config.json",
                huggingFace(", \"use_bias\": true, \"use_conv_bias\": false"),
                mamba1().put(MIXER + "in_proj.bias", 64));
        List<String> lines = message.lines().skip(1).map(String::strip).toList();
        assertTrue(
                lines.contains(MIXER + "conv1d.bias is there, although the configuration says use_conv_bias = false"),
                message);
        assertTrue(
                lines.contains(MIXER + "out_proj.bias is missing, although the configuration says use_bias = true"),
                message);
        // both layers miss out_proj.bias, the first also in_proj.bias, and both have one of the convolution
        assertEquals(5, lines.size(), message);
    }

    @Test
    void aHeadThatIsNeitherTiedNorStoredIsMissing() throws IOException {
        String message = refusal("config.json", mamba1Config(", \"tie_embeddings\": false"), mamba1());
        assertTrue(
                message.contains(
                        "lm_head.weight is missing, although the configuration does not tie the head to the embedding"),
                message);
    }

    @Test
    void allProblemsOfAConfigurationAndItsWeightFilesComeAtOnce() throws IOException {
        String config = mamba1Config(
                ", \"attn_layer_idx\": [1], \"d_intermediate\": 8, \"rms_norm\": false, \"tie_embeddings\": 1");
        Files.writeString(folder.resolve("config.json"), config.replace("\"d_state\": 4", "\"d_state\": -4"));

        String message = assertThrows(InputException.class, () -> Checkpoint.open(folder))
                .getMessage();

        for (String part : List.of(
                "attn_layer_idx",
                "d_intermediate",
                "rms_norm",
                "tie_embeddings",
                "ssm_cfg.d_state is -4",
                "model.safetensors")) {
            assertTrue(message.contains(part), () -> part + " in: " + message);
        }
    }

    @Test
    void differencesOfEveryLayerComeAtOnce() throws IOException {
        WrittenModel weights = mamba1().put("backbone.norm_f.weight", 15).put("backbone.layers.0.norm.weight", 17);
        String message = refusal("config.json", mamba1Config("").replace("\"d_state\": 4", "\"d_state\": 8"), weights);
        assertEquals(5, message.lines().count(), message);
        assertTrue(message.contains("mixer.A_log means state_size = 4, the configuration says 8"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "7", "[1]", "\"x\""})
    void aFileThatIsNoObjectIsRefused(String content) throws IOException {
        Files.writeString(folder.resolve("config.json"), content);
        InputException failure = assertThrows(InputException.class, () -> Checkpoint.open(folder));
        assertTrue(failure.getMessage().contains("config.json"), failure.getMessage());
    }

    @Test
    void aFolderThatIsNotThereIsOneProblem() {
        Path nowhere = folder.resolve("nowhere");
        InputException failure = assertThrows(InputException.class, () -> Checkpoint.open(nowhere));
        assertTrue(failure.getMessage().startsWith("no model folder at " + nowhere), failure.getMessage());
        assertEquals(1, failure.getMessage().lines().count());
    }
}
