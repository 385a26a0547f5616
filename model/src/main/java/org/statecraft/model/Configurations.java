package org.statecraft.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.statecraft.model.mamba1.Mamba1Config;
import org.statecraft.model.mamba2.Mamba2Config;

/**
 * Finds out what kind of model a folder holds and reads its configuration; what cannot be computed is refused with the reason.
 *
 * <p>Layouts: Hugging Face ({@code model_type} in {@code config.json}), state-spaces ({@code d_model} there) and Codestral's own
 * ({@code params.json}).
 */
final class Configurations {
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

    private Configurations() {}

    static ModelConfig read(Path folder) {
        if (!Files.exists(folder.resolve("config.json")) && Files.isRegularFile(folder.resolve(CODESTRAL))) {
            return codestral(ConfigFile.of(folder, CODESTRAL));
        }
        ConfigFile file = ConfigFile.of(folder);
        if (file.json().has("model_type")) {
            return huggingFace(file);
        }
        if (file.json().has("d_model")) {
            return stateSpaces(file);
        }
        throw new InputException(file.path() + ": neither model_type (Hugging Face layout) nor d_model (state-spaces"
                + " layout) is there, so this is not the configuration of a Mamba model");
    }

    private static ModelConfig huggingFace(ConfigFile file) {
        String type = file.text("model_type");
        return switch (type) {
            case "mamba", "falcon_mamba" -> Mamba1Config.huggingFace(file);
            case "mamba2" -> Mamba2Config.huggingFace(file);
            default ->
                throw new InputException(file.path() + ": model_type is '" + type + "'"
                        + (HYBRIDS.contains(type) ? ", a hybrid with attention layers, which are not supported" : "")
                        + "; supported are mamba, mamba2 and falcon_mamba");
        };
    }

    private static ModelConfig stateSpaces(ConfigFile file) {
        if (!file.json().path("attn_layer_idx").isEmpty()) {
            file.problem("attn_layer_idx is " + file.json().path("attn_layer_idx")
                    + ": a hybrid with attention layers, which are not supported");
        }
        if (file.json().path("d_intermediate").asInt(0) > 0) {
            file.problem("d_intermediate is " + file.json().path("d_intermediate")
                    + ": a gated MLP follows every mixer, which is not supported");
        }
        file.requireValue("rms_norm", "true");
        String layer = file.json().path("ssm_cfg").path("layer").asText("Mamba1");
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
        file.requireValue("rms_norm", "true");
        return Mamba2Config.codestral(file);
    }
}
