package org.statecraft.model.mamba2;

import java.util.List;
import org.statecraft.model.ConfigFile;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;
import org.statecraft.model.LayerTensors;
import org.statecraft.model.ModelConfig;

/**
 * The configuration of a Mamba-2 model; one component for each key of the Hugging Face layout that changes what is computed.
 * Defaults are those of the layout that is read.
 *
 * @param useBias whether in_proj and out_proj have a bias; null where the file does not say
 * @param useConvBias whether the convolution has a bias; null where the file does not say
 */
public record Mamba2Config(
        int vocabSize,
        int embeddingRows,
        int hiddenSize,
        int numHiddenLayers,
        int stateSize,
        int convKernel,
        int numHeads,
        int headDim,
        int nGroups,
        double layerNormEpsilon,
        double[] timeStepLimit,
        Boolean useBias,
        Boolean useConvBias,
        boolean tieWordEmbeddings,
        List<Integer> eosTokenIds)
        implements ModelConfig {

    /** {@code config.json} of the Hugging Face layout; every problem is named in one message. */
    public static Mamba2Config huggingFace(ConfigFile file) {
        file.requireValue("hidden_act", "silu");
        file.requireValue("norm_before_gate", "false");
        int vocabulary = file.positive("vocab_size", 32768);
        int expand = file.positive("expand", 2);
        Mamba2Config config = new Mamba2Config(
                vocabulary,
                vocabulary,
                file.positive("hidden_size", 4096),
                file.positive("num_hidden_layers", 64),
                file.positive("state_size", 128),
                file.positive("conv_kernel", 4),
                file.positive("num_heads", 128),
                file.positive("head_dim", 64),
                file.positive("n_groups", 8),
                file.number("layer_norm_epsilon", 1e-5),
                file.limits("time_step_limit"),
                file.flagOrNull("use_bias"),
                file.flagOrNull("use_conv_bias"),
                file.flag("tie_word_embeddings", false),
                file.tokenIds("eos_token_id"));
        return config.checked(file, expand);
    }

    /** {@code config.json} of the state-spaces layout; {@code ssm_cfg} holds arguments of its {@code Mamba2} module. */
    public static Mamba2Config stateSpaces(ConfigFile file) {
        ConfigFile mixer = file.section("ssm_cfg");
        mixer.requireValue("rmsnorm", "true");
        mixer.requireValue("norm_before_gate", "false");
        int vocabulary = file.positive("vocab_size", 50277);
        int hidden = file.positive("d_model", 2560);
        int expand = mixer.positive("expand", 2);
        mixer.requireValue("d_ssm", Integer.toString(expand * hidden));
        int headDim = mixer.positive("headdim", 64);
        Mamba2Config config = new Mamba2Config(
                vocabulary,
                file.paddedVocabulary(vocabulary, 8),
                hidden,
                file.positive("n_layer", 64),
                mixer.positive("d_state", 128),
                mixer.positive("d_conv", 4),
                expand * hidden / headDim,
                headDim,
                mixer.positive("ngroups", 1),
                1e-5,
                mixer.limits("dt_limit"),
                mixer.flagOrNull("bias"),
                mixer.flagOrNull("conv_bias"),
                file.flag("tie_embeddings", true),
                List.of());
        return config.checked(file, expand);
    }

    /** {@code params.json} of Codestral's own layout: what it does not say are the defaults of state-spaces. */
    public static Mamba2Config codestral(ConfigFile file) {
        int vocabulary = file.positive("vocab_size", 32768);
        int hidden = file.positive("dim", 4096);
        Mamba2Config config = new Mamba2Config(
                vocabulary,
                file.paddedVocabulary(vocabulary, 1),
                hidden,
                file.positive("n_layers", 64),
                128,
                4,
                2 * hidden / 64,
                64,
                file.positive("n_groups", 8),
                1e-5,
                new double[] {0, Double.POSITIVE_INFINITY},
                null,
                null,
                file.flag("tie_embeddings", false),
                // of its tokenizer; the file says nothing
                List.of(2));
        return config.checked(file, 2);
    }

    private Mamba2Config checked(ConfigFile file, int expand) {
        if ((long) expand * hiddenSize != (long) numHeads * headDim) {
            file.problem("expand·hidden_size = " + (long) expand * hiddenSize + " differs from num_heads·head_dim = "
                    + (long) numHeads * headDim);
        }
        if (numHeads % nGroups != 0) {
            file.problem("num_heads = " + numHeads + " is no multiple of n_groups = " + nGroups);
        }
        file.throwIfProblems();
        return this;
    }

    @Override
    public String architecture() {
        return "Mamba-2";
    }

    @Override
    public LayerShape shape(LayerTensors tensors) {
        String mixer = "mixer.";
        long heads = tensors.size(mixer + "A_log", 0, numHeads);
        long inner = tensors.size(mixer + "norm.weight", 0, (long) numHeads * headDim);
        long channels = tensors.size(mixer + "conv1d.weight", 0, inner + 2L * nGroups * stateSize);
        long state = (channels - inner) / (2L * nGroups);
        long taps = tensors.size(mixer + "conv1d.weight", 2, convKernel);
        Mamba2Shape shape = new Mamba2Shape(hiddenSize, heads, inner / heads, nGroups, state, taps);
        tensors.compare(mixer + "A_log", "num_heads", numHeads, heads);
        tensors.compare(mixer + "norm.weight", "head_dim", headDim, shape.headDim());
        tensors.compare(mixer + "conv1d.weight", "state_size", stateSize, state);
        tensors.compare(mixer + "conv1d.weight", "conv_kernel", convKernel, taps);
        tensors.check("norm.weight", shape.dModel());
        long beside = (tensors.size(mixer + "in_proj.weight", 0, 0) - shape.projectionRows()) / 2;
        if (beside > 0 && tensors.size(mixer + "out_proj.weight", 1, 0) == inner + beside) {
            tensors.problem(
                    mixer + "in_proj.weight",
                    "has 2·" + beside
                            + " rows for a gated MLP beside the scan (d_ssm < d_inner), which is not supported");
        }
        tensors.check(mixer + "in_proj.weight", shape.projectionRows(), shape.dModel());
        tensors.check(mixer + "conv1d.weight", shape.convChannels(), 1, taps);
        tensors.check(mixer + "dt_bias", heads);
        tensors.check(mixer + "A_log", heads);
        tensors.check(mixer + "norm.weight", shape.dInner());
        tensors.check(mixer + "out_proj.weight", shape.dModel(), shape.dInner());
        long skips = tensors.size(mixer + "D", 0, heads);
        tensors.check(mixer + "D", skips == shape.dInner() ? shape.dInner() : heads);
        tensors.bias(mixer + "in_proj.bias", "use_bias", useBias, shape.projectionRows());
        tensors.bias(mixer + "conv1d.bias", "use_conv_bias", useConvBias, shape.convChannels());
        tensors.bias(mixer + "out_proj.bias", "use_bias", useBias, shape.dModel());
        return shape;
    }

    @Override
    public Layer layer(LayerShape shape, LayerWeights weights) {
        return new Mamba2Layer(
                this,
                (Mamba2Shape) shape,
                weights.get("norm.weight"),
                weights.get("mixer.in_proj.weight"),
                weights.orNull("mixer.in_proj.bias"),
                weights.get("mixer.conv1d.weight"),
                weights.orNull("mixer.conv1d.bias"),
                weights.get("mixer.dt_bias"),
                weights.get("mixer.A_log"),
                weights.get("mixer.D"),
                weights.get("mixer.norm.weight"),
                weights.get("mixer.out_proj.weight"),
                weights.orNull("mixer.out_proj.bias"));
    }
}
