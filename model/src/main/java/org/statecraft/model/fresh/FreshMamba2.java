package org.statecraft.model.fresh;

import static org.statecraft.model.fresh.FreshTensor.constant;
import static org.statecraft.model.fresh.FreshTensor.logOfUniform;
import static org.statecraft.model.fresh.FreshTensor.stepBias;
import static org.statecraft.model.fresh.FreshTensor.uniform;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.InputException;

/**
 * A Mamba-2 model. It starts as the authors' implementation does: {@code -A} of each head uniform between two bounds, step sizes
 * log-uniform between two others, outputs of the mixers scaled by {@code 1/√layers}.
 *
 * <p>Source: {@code methods/mamba-models.md}, section 6.
 *
 * @param expand inner channels for each channel of the residual
 * @param headDim inner channels of a head
 * @param groups groups of heads that share B and C
 * @param decays between which {@code -A} starts
 */
public record FreshMamba2(
        int vocabulary,
        int layers,
        int hiddenSize,
        int stateSize,
        int expand,
        int convKernel,
        int headDim,
        int groups,
        boolean tiedEmbeddings,
        Bounds stepSizes,
        Bounds decays)
        implements FreshModel {

    /**
     * Sizes that fit each other.
     *
     * @throws InputException when the inner channels are no whole number of heads, or the heads of groups
     */
    public FreshMamba2 {
        if (Math.multiplyExact(expand, hiddenSize) % headDim != 0 || expand * hiddenSize / headDim % groups != 0) {
            throw new InputException("a Mamba-2 of " + expand + "·" + hiddenSize + " inner channels, heads of "
                    + headDim + " and " + groups + " groups; expected whole heads, and equally many in each group");
        }
    }

    @Override
    public Map<String, Object> ownConfig() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("Mamba2ForCausalLM"));
        config.put("model_type", "mamba2");
        config.put("state_size", stateSize);
        config.put("expand", expand);
        config.put("conv_kernel", convKernel);
        config.put("num_heads", heads());
        config.put("head_dim", headDim);
        config.put("n_groups", groups);
        config.put("chunk_size", 64);
        config.put("rms_norm", true);
        return config;
    }

    private int inner() {
        return expand * hiddenSize;
    }

    private int heads() {
        return inner() / headDim;
    }

    @Override
    public List<FreshTensor> layerTensors() {
        int inner = inner();
        long channels = inner + 2L * groups * stateSize;
        return List.of(
                new FreshTensor("norm.weight", constant(1), hiddenSize),
                new FreshTensor("mixer.in_proj.weight", uniform(hiddenSize, 1), inner + channels + heads(), hiddenSize),
                new FreshTensor("mixer.conv1d.weight", uniform(convKernel, 1), channels, 1, convKernel),
                new FreshTensor("mixer.conv1d.bias", uniform(convKernel, 1), channels),
                new FreshTensor("mixer.dt_bias", stepBias(stepSizes), heads()),
                new FreshTensor("mixer.A_log", logOfUniform(decays), heads()),
                new FreshTensor("mixer.D", constant(1), heads()),
                new FreshTensor("mixer.norm.weight", constant(1), inner),
                new FreshTensor("mixer.out_proj.weight", uniform(inner, 1 / Math.sqrt(layers)), hiddenSize, inner));
    }
}
