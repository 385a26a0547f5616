package org.statecraft.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.statecraft.model.mamba1.Mamba1Config;
import org.statecraft.model.mamba2.Mamba2Config;

/**
 * Finds out what kind of model a folder holds and reads its configuration; what cannot be computed is refused with the reason.
 *
 * @param unknownKeys keys of the file that are neither read nor known to change nothing
 */
record Configuration(ModelConfig config, Layout layout, List<String> unknownKeys) {
    private static final String CODESTRAL = "params.json";
    private static final Set<String> HYBRIDS = Set.of(
            "bamba",
            "falcon_h1",
            "granitemoehybrid",
            "jamba",
            "nemotron_h",
            "plamo2",
            "recurrent_gemma",
            "zamba",
            "zamba2");

    /** Of any layout: initial values, storage, speed, other tools' notes; nothing that the forward pass depends on. */
    private static final Set<String> HARMLESS = Set.of(
            // Hugging Face
            "_name_or_path",
            "architectures",
            "bos_token_id",
            "pad_token_id",
            "dtype",
            "torch_dtype",
            "transformers_version",
            "initializer_range",
            "rescale_prenorm_residual",
            "residual_in_fp32",
            "time_step_min",
            "time_step_max",
            "time_step_floor",
            "time_step_scale",
            "time_step_init_scheme",
            "time_step_rank",
            "chunk_size",
            "use_cache",
            "use_mambapy",
            "use_associative_scan",
            // its conversions keep keys of state-spaces
            "d_model",
            "d_inner",
            "n_layer",
            "ssm_cfg",
            "rms_norm",
            "pad_vocab_size_multiple",
            // state-spaces and Codestral
            "fused_add_norm",
            "attn_cfg",
            "layer",
            "conv_init",
            "A_init_range",
            "D_has_hdim",
            "dt_min",
            "dt_max",
            "dt_init",
            "dt_init_floor",
            "dt_scale",
            "use_fast_path",
            "use_mem_eff_path");

    static Configuration read(Path folder) {
        if (!Files.exists(folder.resolve("config.json")) && Files.isRegularFile(folder.resolve(CODESTRAL))) {
            ConfigFile file = ConfigFile.of(folder, CODESTRAL);
            return of(file, codestral(file), Layout.CODESTRAL);
        }
        ConfigFile file = ConfigFile.of(folder);
        if (file.has("model_type")) {
            return of(file, huggingFace(file), Layout.HUGGING_FACE);
        }
        if (file.has("d_model")) {
            return of(file, stateSpaces(file), Layout.STATE_SPACES);
        }
        throw new InputException(file.path() + ": neither model_type (Hugging Face layout) nor d_model (state-spaces"
                + " layout) is there, so this is not the configuration of a Mamba model");
    }

    private static Configuration of(ConfigFile file, ModelConfig config, Layout layout) {
        return new Configuration(config, layout, file.unknownKeys(HARMLESS));
    }

    private static ModelConfig huggingFace(ConfigFile file) {
        String type = file.text("model_type");
        return switch (type) {
            case "mamba", "falcon_mamba" -> Mamba1Config.huggingFace(file);
            case "mamba2" -> Mamba2Config.huggingFace(file);
            default ->
                throw new InputException(file.path() + ": model_type is '" + type + "'" + reason(type)
                        + "; supported are mamba, mamba2 and falcon_mamba");
        };
    }

    private static String reason(String type) {
        if (HYBRIDS.contains(type)) {
            return ", a hybrid with attention layers, which are not supported";
        }
        return type.equals("mamba3") ? ", whose recurrence is not supported" : "";
    }

    private static ModelConfig stateSpaces(ConfigFile file) {
        if (!file.node("attn_layer_idx").isEmpty()) {
            file.problem("attn_layer_idx is " + file.node("attn_layer_idx")
                    + ": a hybrid with attention layers, which are not supported");
        }
        if (file.node("d_intermediate").asInt(0) > 0) {
            file.problem("d_intermediate is " + file.node("d_intermediate")
                    + ": a gated MLP follows every mixer, which is not supported");
        }
        requireRmsNorm(file);
        String layer = file.node("ssm_cfg").path("layer").asText("Mamba1");
        return switch (layer) {
            case "Mamba1" -> Mamba1Config.stateSpaces(file);
            case "Mamba2" -> Mamba2Config.stateSpaces(file);
            default -> {
                file.problem("ssm_cfg.layer is " + layer + ", whose recurrence is not supported;"
                        + " supported are Mamba1 and Mamba2");
                file.throwIfProblems();
                throw new AssertionError();
            }
        };
    }

    private static ModelConfig codestral(ConfigFile file) {
        String type = file.text("model_type");
        if (!type.equals("mamba")) {
            file.problem(
                    "model_type is '" + type + "', expected mamba: of this layout only Codestral Mamba is supported");
        }
        requireRmsNorm(file);
        return Mamba2Config.codestral(file);
    }

    private static void requireRmsNorm(ConfigFile file) {
        if (!file.flag("rms_norm", true)) {
            file.problem("rms_norm is false: layer norms with a bias, which are not supported");
        }
    }
}
