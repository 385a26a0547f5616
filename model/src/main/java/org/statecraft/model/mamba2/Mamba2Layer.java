package org.statecraft.model.mamba2;

import java.util.Map;
import java.util.function.BiFunction;
import org.statecraft.model.Layer;
import org.statecraft.model.Weight;

/**
 * The parameters of one Mamba-2 layer under the names of the checkpoint.
 *
 * @param norm {@code [dModel]}, RMS norm before the mixer
 * @param inProj {@code [2·dInner + 2·groups·state + heads, dModel]}, rows in the order z, x, B, C, dt
 * @param inProjBias null where the checkpoint has none
 * @param conv {@code [channels, 1, convKernel]}, the last tap is the current token
 * @param convBias null where the checkpoint has none
 * @param dtBias {@code [heads]}
 * @param ALog {@code [heads]}, {@code A = -exp(ALog)}
 * @param D {@code [heads]}, or one for each channel {@code [dInner]}
 * @param gatedNorm {@code [dInner]}, RMS norm after the gate
 * @param outProj {@code [dModel, dInner]}
 * @param outProjBias null where the checkpoint has none
 */
public record Mamba2Layer(
        Mamba2Config config,
        Mamba2Shape shape,
        Weight norm,
        Weight inProj,
        Weight inProjBias,
        Weight conv,
        Weight convBias,
        Weight dtBias,
        Weight ALog,
        Weight D,
        Weight gatedNorm,
        Weight outProj,
        Weight outProjBias)
        implements Layer {
    private static final String IN_PROJ = "mixer.in_proj.weight";
    private static final String OUT_PROJ = "mixer.out_proj.weight";

    @Override
    public Map<String, Long> largeMatrices() {
        return Map.of(IN_PROJ, shape.heads(), OUT_PROJ, 0L);
    }

    @Override
    public Mamba2Layer map(BiFunction<String, Weight, Weight> change) {
        BiFunction<String, Weight, Weight> f = (name, weight) -> weight == null ? null : change.apply(name, weight);
        Mamba2Layer mapped = new Mamba2Layer(
                config,
                shape,
                f.apply("norm.weight", norm),
                f.apply(IN_PROJ, inProj),
                f.apply("mixer.in_proj.bias", inProjBias),
                f.apply("mixer.conv1d.weight", conv),
                f.apply("mixer.conv1d.bias", convBias),
                f.apply("mixer.dt_bias", dtBias),
                f.apply("mixer.A_log", ALog),
                f.apply("mixer.D", D),
                f.apply("mixer.norm.weight", gatedNorm),
                f.apply(OUT_PROJ, outProj),
                f.apply("mixer.out_proj.bias", outProjBias));
        return mapped.reshaped();
    }

    private Mamba2Layer reshaped() {
        long perGroup = (conv.shape().get(0) - shape.dInner()) / (2 * shape.groups());
        Mamba2Shape now = new Mamba2Shape(
                shape.dModel(), shape.heads(), shape.headDim(), shape.groups(), perGroup, shape.convKernel());
        return now.equals(shape)
                ? this
                : new Mamba2Layer(
                        config,
                        now,
                        norm,
                        inProj,
                        inProjBias,
                        conv,
                        convBias,
                        dtBias,
                        ALog,
                        D,
                        gatedNorm,
                        outProj,
                        outProjBias);
    }
}
