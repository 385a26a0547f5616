package org.statecraft.model.mamba2;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.statecraft.model.ConfigFile;

/**
 * {@code config.json} of a Mamba-2 model in the Hugging Face layout; one component for each key that changes what is
 * computed. Defaults are those of that layout.
 */
public record Mamba2Config(
        int vocabSize,
        int hiddenSize,
        int numHiddenLayers,
        int stateSize,
        int convKernel,
        int numHeads,
        int headDim,
        int nGroups,
        double layerNormEpsilon,
        double[] timeStepLimit,
        boolean tieWordEmbeddings,
        List<Integer> eosTokenIds) {

    /** Reads and checks the keys; every problem is named in one message. */
    public static Mamba2Config read(ConfigFile file) {
        file.requireValue("hidden_act", "silu");
        file.requireValue("norm_before_gate", "false");
        int hidden = file.positive("hidden_size", 4096);
        int heads = file.positive("num_heads", 128);
        int headDim = file.positive("head_dim", 64);
        int groups = file.positive("n_groups", 8);
        int expand = file.positive("expand", 2);
        if ((long) expand * hidden != (long) heads * headDim) {
            file.problem("expand·hidden_size = " + (long) expand * hidden + " differs from num_heads·head_dim = "
                    + (long) heads * headDim);
        }
        if (heads % groups != 0) {
            file.problem("num_heads = " + heads + " is no multiple of n_groups = " + groups);
        }
        Mamba2Config config = new Mamba2Config(
                file.positive("vocab_size", 32768),
                hidden,
                file.positive("num_hidden_layers", 64),
                file.positive("state_size", 128),
                file.positive("conv_kernel", 4),
                heads,
                headDim,
                groups,
                file.number("layer_norm_epsilon", 1e-5),
                timeStepLimit(file),
                file.flag("tie_word_embeddings", false),
                file.tokenIds("eos_token_id"));
        file.throwIfProblems();
        return config;
    }

    /** {@code [0, ∞]} is written as {@code Infinity}, as transformers 5's {@code {"__float__": "Infinity"}}, or left out. */
    private static double[] timeStepLimit(ConfigFile file) {
        JsonNode node = file.json().path("time_step_limit");
        if (node.isMissingNode() || node.isNull()) {
            return new double[] {0, Double.POSITIVE_INFINITY};
        }
        double[] limit = new double[2];
        for (int i = 0; i < 2; i++) {
            JsonNode entry = node.path(i).has("__float__") ? node.path(i).get("__float__") : node.path(i);
            try {
                limit[i] = entry.isTextual()
                        ? Double.parseDouble(entry.textValue().replace("inf", "Infinity"))
                        : entry.isNumber() ? entry.doubleValue() : Double.NaN;
            } catch (NumberFormatException e) {
                limit[i] = Double.NaN;
            }
        }
        if (!(limit[0] >= 0 && limit[1] > limit[0])) {
            file.problem("time_step_limit is " + node + ", expected two numbers [lower, upper] with 0 ≤ lower < upper");
        }
        return limit;
    }
}
