package org.statecraft.model.fresh;

import static org.statecraft.model.fresh.FreshTensor.constant;
import static org.statecraft.model.fresh.FreshTensor.logOfColumn;
import static org.statecraft.model.fresh.FreshTensor.stepBias;
import static org.statecraft.model.fresh.FreshTensor.uniform;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A Mamba-1 model. It starts as the authors' implementation does: {@code A = -1 ... -N} in every channel, step sizes
 * log-uniform between two bounds, outputs of the mixers scaled by {@code 1/√layers}.
 *
 * <p>Source: {@code methods/mamba-models.md}, section 6.
 *
 * @param expand inner channels for each channel of the residual
 * @param timeStepRank width of the factor from which the step sizes come
 */
public record FreshMamba1(
        int vocabulary,
        int layers,
        int hiddenSize,
        int stateSize,
        int expand,
        int convKernel,
        int timeStepRank,
        boolean tiedEmbeddings,
        Bounds stepSizes)
        implements FreshModel {

    @Override
    public Map<String, Object> ownConfig() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("architectures", List.of("MambaForCausalLM"));
        config.put("model_type", "mamba");
        config.put("state_size", stateSize);
        config.put("expand", expand);
        config.put("intermediate_size", inner());
        config.put("conv_kernel", convKernel);
        config.put("time_step_rank", timeStepRank);
        return config;
    }

    private int inner() {
        return Math.multiplyExact(expand, hiddenSize);
    }

    @Override
    public List<FreshTensor> layerTensors() {
        int inner = inner();
        return List.of(
                new FreshTensor("norm.weight", constant(1), hiddenSize),
                new FreshTensor("mixer.in_proj.weight", uniform(hiddenSize, 1), 2L * inner, hiddenSize),
                new FreshTensor("mixer.conv1d.weight", uniform(convKernel, 1), inner, 1, convKernel),
                new FreshTensor("mixer.conv1d.bias", uniform(convKernel, 1), inner),
                new FreshTensor("mixer.x_proj.weight", uniform(inner, 1), timeStepRank + 2L * stateSize, inner),
                new FreshTensor("mixer.dt_proj.weight", uniform(timeStepRank, 1), inner, timeStepRank),
                new FreshTensor("mixer.dt_proj.bias", stepBias(stepSizes), inner),
                new FreshTensor("mixer.A_log", logOfColumn(stateSize), inner, stateSize),
                new FreshTensor("mixer.D", constant(1), inner),
                new FreshTensor("mixer.out_proj.weight", uniform(inner, 1 / Math.sqrt(layers)), hiddenSize, inner));
    }
}
