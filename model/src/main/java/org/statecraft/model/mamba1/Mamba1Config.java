package org.statecraft.model.mamba1;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.statecraft.model.ConfigFile;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.model.LayerTensors;
import org.statecraft.model.ModelConfig;

/**
 * The configuration of a Mamba-1 or FalconMamba model; one component for each key of the Hugging Face layout that changes what
 * is computed. Defaults are those of the layout that is read.
 *
 * @param timeStepRank R, width of the factor from which the step sizes come
 * @param mixerRmsEpsilon of FalconMamba's weightless norm on δ, B and C; null for Mamba-1, which has none
 * @param useBias whether in_proj and out_proj have a bias; null where the file does not say
 * @param useConvBias whether the convolution has a bias; null where the file does not say
 */
public record Mamba1Config(
        int vocabSize,
        int embeddingRows,
        int hiddenSize,
        int numHiddenLayers,
        int intermediateSize,
        int stateSize,
        int convKernel,
        int timeStepRank,
        double layerNormEpsilon,
        Double mixerRmsEpsilon,
        Boolean useBias,
        Boolean useConvBias,
        boolean tieWordEmbeddings,
        List<Integer> eosTokenIds)
        implements ModelConfig {

    /** {@code config.json} of the Hugging Face layout, {@code model_type} mamba or falcon_mamba. */
    public static Mamba1Config huggingFace(ConfigFile file) {
        file.requireValue("hidden_act", "silu");
        int vocabulary = file.positive("vocab_size", 50280);
        int hidden = file.positive("hidden_size", 768);
        int expand = file.positive("expand", 2);
        Mamba1Config config = new Mamba1Config(
                vocabulary,
                vocabulary,
                hidden,
                file.positive("num_hidden_layers", 32),
                file.positive("intermediate_size", expand * hidden),
                file.positive("state_size", 16),
                file.positive("conv_kernel", 4),
                rank(file, "time_step_rank", hidden),
                file.number("layer_norm_epsilon", 1e-5),
                file.text("model_type").equals("falcon_mamba") ? file.number("mixer_rms_eps", 1e-6) : null,
                file.flagOrNull("use_bias"),
                file.flagOrNull("use_conv_bias"),
                file.flag("tie_word_embeddings", true),
                file.tokenIds("eos_token_id"));
        file.throwIfProblems();
        return config;
    }

    /** {@code config.json} of the state-spaces layout; {@code ssm_cfg} holds arguments of its {@code Mamba} module. */
    public static Mamba1Config stateSpaces(ConfigFile file) {
        ConfigFile mixer = file.section("ssm_cfg");
        int vocabulary = file.positive("vocab_size", 50277);
        int hidden = file.positive("d_model", 2560);
        Mamba1Config config = new Mamba1Config(
                vocabulary,
                file.paddedVocabulary(vocabulary, 8),
                hidden,
                file.positive("n_layer", 64),
                mixer.positive("expand", 2) * hidden,
                mixer.positive("d_state", 16),
                mixer.positive("d_conv", 4),
                rank(mixer, "dt_rank", hidden),
                1e-5,
                null,
                mixer.flagOrNull("bias"),
                mixer.flagOrNull("conv_bias"),
                file.flag("tie_embeddings", true),
                List.of());
        file.throwIfProblems();
        return config;
    }

    /** {@code "auto"} is ⌈dModel / 16⌉. */
    private static int rank(ConfigFile file, String key, int hidden) {
        JsonNode node = file.node(key);
        return node.asText("auto").equals("auto") ? (hidden + 15) / 16 : file.positive(key, 1);
    }

    @Override
    public String architecture() {
        return mixerRmsEpsilon == null ? "Mamba-1" : "FalconMamba";
    }

    @Override
    public LayerShape shape(LayerTensors tensors) {
        String mixer = "mixer.";
        long inner = tensors.size(mixer + "A_log", 0, intermediateSize);
        long state = tensors.size(mixer + "A_log", 1, stateSize);
        long rank = tensors.size(mixer + "dt_proj.weight", 1, timeStepRank);
        long taps = tensors.size(mixer + "conv1d.weight", 2, convKernel);
        Mamba1Shape shape = new Mamba1Shape(hiddenSize, inner, state, rank, taps);
        tensors.compare(mixer + "A_log", "intermediate_size", intermediateSize, inner);
        tensors.compare(mixer + "A_log", "state_size", stateSize, state);
        tensors.compare(mixer + "dt_proj.weight", "time_step_rank", timeStepRank, rank);
        tensors.compare(mixer + "conv1d.weight", "conv_kernel", convKernel, taps);
        tensors.check("norm.weight", shape.dModel());
        tensors.check(mixer + "in_proj.weight", shape.projectionRows(), shape.dModel());
        tensors.check(mixer + "conv1d.weight", inner, 1, taps);
        tensors.check(mixer + "x_proj.weight", shape.selectionRows(), inner);
        tensors.check(mixer + "dt_proj.weight", inner, rank);
        tensors.check(mixer + "dt_proj.bias", inner);
        tensors.check(mixer + "A_log", inner, state);
        tensors.check(mixer + "D", inner);
        tensors.check(mixer + "out_proj.weight", shape.dModel(), inner);
        tensors.bias(mixer + "in_proj.bias", "use_bias", useBias, shape.projectionRows());
        tensors.bias(mixer + "conv1d.bias", "use_conv_bias", useConvBias, inner);
        tensors.bias(mixer + "out_proj.bias", "use_bias", useBias, shape.dModel());
        return shape;
    }

    @Override
    public Layer layer(LayerShape shape, LayerWeights weights) {
        return new Mamba1Layer(
                this,
                (Mamba1Shape) shape,
                weights.get("norm.weight"),
                weights.get("mixer.in_proj.weight"),
                weights.orNull("mixer.in_proj.bias"),
                weights.get("mixer.conv1d.weight"),
                weights.orNull("mixer.conv1d.bias"),
                weights.get("mixer.x_proj.weight"),
                weights.get("mixer.dt_proj.weight"),
                weights.get("mixer.dt_proj.bias"),
                weights.get("mixer.A_log"),
                weights.get("mixer.D"),
                weights.get("mixer.out_proj.weight"),
                weights.orNull("mixer.out_proj.bias"));
    }
}
