package org.statecraft.workbench.inspect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.WrittenModel;
import org.statecraft.workbench.table.Formats;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.TableFormat;
import org.statecraft.workbench.testing.Program;

/** What {@code inspect} says about a model of each layout, down to the published numbers of parameters. */
class InspectionTest {
    @TempDir
    private Path folder;

    private Table inspect(WrittenModel tensors, String configFile, String config) throws IOException {
        boolean codestral = configFile.equals("params.json");
        Files.writeString(folder.resolve(configFile), config);
        tensors.writeHeader(
                folder.resolve(codestral ? "consolidated.safetensors" : "model.safetensors"),
                codestral ? "model." : "");
        return Inspection.of(folder, false);
    }

    private static List<String> unusual(Table table) {
        return table.notes().stream()
                .filter(note -> note.startsWith("unusual: "))
                .map(note -> note.substring("unusual: ".length()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        // layers, d_model, parameters, bytes of state: 4·layers·d_inner·(16 + 3)
        "24, 768, '129,135,360', '2,801,664'",
        "48, 1024, '371,516,416', '7,471,104'",
        "48, 1536, '793,204,224', '11,206,656'",
        "48, 2048, '1,372,178,432', '14,942,208'",
        "64, 2560, '2,768,345,600', '24,903,680'",
    })
    void mamba1HasThePublishedNumberOfParameters(int layers, int dModel, String parameters, String state)
            throws IOException {
        Table table = inspect(
                WrittenModel.mamba1(layers, dModel, 2L * dModel, 16, (dModel + 15) / 16, 50280)
                        .rename("backbone.embeddings.weight", "backbone.embedding.weight"),
                "config.json",
                "{\"d_model\": %d, \"n_layer\": %d, \"vocab_size\": 50277, \"ssm_cfg\": {}}".formatted(dModel, layers));

        assertEquals(parameters + " parameters", table.notes().get(0));
        assertEquals(
                state + " bytes of state carried for each sequence, in float32",
                table.notes().get(1));
        assertEquals(
                "Mamba-1 model " + folder + ", state-spaces layout",
                table.heading().get(0));
        assertEquals(
                "  %d layers: d_model %d, d_inner %d, d_state 16, dt_rank %d, d_conv 4"
                        .formatted(layers, dModel, 2 * dModel, dModel / 16),
                table.heading().get(1));
        assertEquals(List.of("vocabulary padded by 3 rows to 50280", "no tokenizer.json"), unusual(table));
    }

    @ParameterizedTest
    @CsvSource({
        // layers, d_model, parameters, bytes of state: 4·layers·(d_inner·128 + 3·(d_inner + 256))
        "24, 768, '128,989,632', '19,390,464'",
        "48, 1024, '368,346,624', '51,658,752'",
        "48, 1536, '780,161,280', '77,414,400'",
        "48, 2048, '1,343,757,312', '103,170,048'",
        "64, 2560, '2,702,599,680', '171,900,928'",
    })
    void mamba2HasThePublishedNumberOfParameters(int layers, int dModel, String parameters, String state)
            throws IOException {
        Table table = inspect(
                WrittenModel.mamba2(layers, dModel, 2L * dModel, 1, 128, 50288).stored("", "F16"),
                "config.json",
                """
                {"d_model": %d, "d_intermediate": 0, "n_layer": %d, "vocab_size": 50277, "ssm_cfg": {"layer": "Mamba2"},
                 "attn_layer_idx": [], "attn_cfg": {}, "rms_norm": true, "residual_in_fp32": true, "fused_add_norm": true,
                 "pad_vocab_size_multiple": 16, "tie_embeddings": true}"""
                        .formatted(dModel, layers));

        assertEquals(parameters + " parameters", table.notes().get(0));
        assertEquals(
                state + " bytes of state carried for each sequence, in float32",
                table.notes().get(1));
        assertEquals(
                "  %d layers: d_model %d, d_inner %d, heads %d, head_dim 64, groups 1, d_state 128, d_conv 4"
                        .formatted(layers, dModel, 2 * dModel, dModel / 32),
                table.heading().get(1));
        assertEquals(
                List.of(
                        "vocabulary padded by 11 rows to 50288",
                        "not stored in float32: A_log (F16), D (F16), step bias (F16), norms (F16)",
                        "no tokenizer.json"),
                unusual(table));
    }

    @Test
    void aTiedHeadThatIsStoredAgainIsCountedOnce() throws IOException {
        Table table = inspect(
                WrittenModel.mamba1(1, 16, 32, 4, 1, 32).put("lm_head.weight", 32, 16),
                "config.json",
                "{\"d_model\": 16, \"n_layer\": 1, \"vocab_size\": 32, \"ssm_cfg\": {\"d_state\": 4}}");

        long parameters = WrittenModel.mamba1(1, 16, 32, 4, 1, 32).size();
        assertEquals(Formats.count(parameters) + " parameters", table.notes().get(0));
        assertEquals(parameters, sites(table, "all").path("parameters").longValue());
        assertEquals(4 * (parameters + 512), sites(table, "all").path("bytes").longValue());
        assertTrue(sites(table, "lm_head.weight").path("parameters").isNull());
        assertEquals(
                512,
                sites(table, "backbone.embeddings.weight").path("parameters").longValue());
        assertEquals(List.of("the tied head is stored a second time", "no tokenizer.json"), unusual(table));
    }

    @Test
    void codestralHasThePublishedNumberOfParameters() throws IOException {
        Table table = inspect(
                WrittenModel.mamba2(64, 4096, 8192, 8, 128, 32768)
                        .put("lm_head.weight", 32768, 4096)
                        .stored("", "BF16"),
                "params.json",
                """
                {"dim": 4096, "n_layers": 64, "vocab_size": 32768, "n_groups": 8, "rms_norm": true, "residual_in_fp32": true,
                 "fused_add_norm": true, "pad_vocab_size_multiple": 1, "tie_embeddings": false, "model_type": "mamba"}""");

        assertEquals(
                "Mamba-2 model " + folder + ", Codestral layout",
                table.heading().get(0));
        assertEquals("7,285,403,648 parameters", table.notes().get(0));
        assertEquals(
                "276,299,776 bytes of state carried for each sequence, in float32",
                table.notes().get(1));
        assertEquals("separate head", unusual(table).get(0));
        assertEquals("B and C in 8 groups", unusual(table).get(1));
        assertEquals(7_285_403_648L, sites(table, "all").path("parameters").longValue());
    }

    @Test
    void falconMambaHasThePublishedNumberOfParameters() throws IOException {
        Table table = inspect(
                WrittenModel.mamba1(64, 4096, 8192, 16, 256, 65024)
                        .put("lm_head.weight", 65024, 4096)
                        .stored("", "BF16"),
                "config.json",
                """
                {"model_type": "falcon_mamba", "architectures": ["FalconMambaForCausalLM"], "bos_token_id": 0,
                 "conv_kernel": 4, "eos_token_id": 11, "expand": 16, "hidden_act": "silu", "hidden_size": 4096,
                 "initializer_range": 0.1, "intermediate_size": 8192, "layer_norm_epsilon": 1e-05,
                 "num_hidden_layers": 64, "pad_token_id": 11, "rescale_prenorm_residual": false,
                 "residual_in_fp32": true, "state_size": 16, "tie_word_embeddings": false, "time_step_floor": 0.0001,
                 "time_step_init_scheme": "random", "time_step_max": 0.1, "time_step_min": 0.001, "time_step_rank": 256,
                 "time_step_scale": 1.0, "torch_dtype": "bfloat16", "transformers_version": "4.43.0", "use_bias": false,
                 "use_cache": true, "use_conv_bias": true, "vocab_size": 65024}""");

        assertEquals(
                "FalconMamba model " + folder + ", Hugging Face layout",
                table.heading().get(0));
        assertEquals("7,272,665,088 parameters", table.notes().get(0));
        assertEquals(
                List.of(
                        "separate head",
                        "not stored in float32: A_log (BF16), D (BF16), step bias (BF16), norms (BF16)",
                        "no tokenizer.json"),
                unusual(table));
    }

    @Test
    void everythingUnusualIsNamed() throws IOException {
        Table table = inspect(
                WrittenModel.mamba2(2, 64, 128, 2, 4, 32)
                        .put("backbone.layers.1.mixer.D", 128)
                        .put("backbone.layers.0.mixer.D", 128)
                        .put("backbone.layers.1.mixer.out_proj.bias", 64)
                        .remove("backbone.layers.0.mixer.conv1d.bias")
                        .remove("backbone.layers.1.mixer.conv1d.bias")
                        .stored("layers.1.mixer.A_log", "BF16"),
                "config.json",
                """
                {"d_model": 64, "n_layer": 2, "vocab_size": 31, "flavor": "odd", "ssm_cfg": {"layer": "Mamba2", "d_state": 4,
                 "ngroups": 2, "dt_limit": [0.001, 0.1], "D_has_hdim": true, "hat": 1}}""");

        assertEquals(
                List.of(
                        "vocabulary padded by 1 row to 32",
                        "biases: mixer.out_proj.bias",
                        "no mixer.conv1d.bias",
                        "B and C in 2 groups",
                        "D for each channel",
                        "step sizes limited to [0.001, 0.1]",
                        "not stored in float32: A_log (F32, BF16)",
                        "configuration keys that are not known here: flavor, ssm_cfg.hat",
                        "no tokenizer.json"),
                unusual(table));
    }

    @Test
    void shardsAreCounted() {
        assertEquals(
                List.of("weights in 2 files", "no tokenizer.json"),
                unusual(Inspection.of(Fixtures.dir("models", "mamba2-tiny-g1-sharded"), false)));
    }

    @Test
    void theBundledModelIsUsual() {
        Path model = Path.of(System.getProperty("statecraft.home"), "recipes", "models", "books-4m");
        assertEquals(List.of(), unusual(Inspection.of(model, false)));
    }

    @Test
    void inspectStartsNoTensorLibrary() throws IOException, InterruptedException {
        List<String> command = Program.command("-Xlog:class+load:file=" + folder.resolve("classes.log"));
        command.add("inspect");
        command.add(Fixtures.dir("models", "mamba1-tiny").toString());

        Program.Ended ended = Program.start(folder, command).await();

        assertEquals(0, ended.exitCode(), ended::toString);
        String classes = Files.readString(folder.resolve("classes.log"));
        assertTrue(classes.contains("org.statecraft.model.Checkpoint "), "the log lists classes");
        assertEquals(
                List.of(),
                classes.lines()
                        .filter(l -> l.contains("] ai.djl.engine.") || l.contains("] ai.djl.pytorch."))
                        .toList());
    }

    private static JsonNode sites(Table table, String site) throws IOException {
        for (JsonNode row : new ObjectMapper()
                .readTree(TableFormat.JSON.render(table))
                .path("sections")
                .path("sites")) {
            if (row.path("site").asText().equals(site)) {
                return row;
            }
        }
        throw new AssertionError("no row " + site);
    }
}
