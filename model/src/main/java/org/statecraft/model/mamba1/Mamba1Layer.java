package org.statecraft.model.mamba1;

import java.util.Map;
import java.util.function.BiFunction;
import org.statecraft.model.Layer;
import org.statecraft.model.Weight;

/**
 * The parameters of one Mamba-1 layer under the names of the checkpoint.
 *
 * @param norm {@code [dModel]}, RMS norm before the mixer
 * @param inProj {@code [2·dInner, dModel]}, rows in the order x, z
 * @param inProjBias null where the checkpoint has none
 * @param conv {@code [dInner, 1, convKernel]}, the last tap is the current token
 * @param convBias null where the checkpoint has none
 * @param xProj {@code [dtRank + 2·state, dInner]}, rows in the order δ, B, C
 * @param dtProj {@code [dInner, dtRank]}
 * @param dtBias {@code [dInner]}
 * @param ALog {@code [dInner, state]}, {@code A = -exp(ALog)}
 * @param D {@code [dInner]}
 * @param outProj {@code [dModel, dInner]}
 * @param outProjBias null where the checkpoint has none
 */
public record Mamba1Layer(
        Mamba1Config config,
        Mamba1Shape shape,
        Weight norm,
        Weight inProj,
        Weight inProjBias,
        Weight conv,
        Weight convBias,
        Weight xProj,
        Weight dtProj,
        Weight dtBias,
        Weight ALog,
        Weight D,
        Weight outProj,
        Weight outProjBias)
        implements Layer {
    private static final String IN_PROJ = "mixer.in_proj.weight";
    private static final String OUT_PROJ = "mixer.out_proj.weight";

    /** Without {@code x_proj} and {@code dt_proj}: a twentieth of the values, and step sizes come from both. */
    @Override
    public Map<String, Long> largeMatrices() {
        return Map.of(IN_PROJ, 0L, OUT_PROJ, 0L);
    }

    @Override
    public Mamba1Layer map(BiFunction<String, Weight, Weight> change) {
        BiFunction<String, Weight, Weight> f = (name, weight) -> weight == null ? null : change.apply(name, weight);
        Weight newALog = f.apply("mixer.A_log", ALog);
        return new Mamba1Layer(
                config,
                // more columns of A_log are a larger state
                new Mamba1Shape(
                        shape.dModel(), shape.dInner(), newALog.shape().get(1), shape.dtRank(), shape.convKernel()),
                f.apply("norm.weight", norm),
                f.apply(IN_PROJ, inProj),
                f.apply("mixer.in_proj.bias", inProjBias),
                f.apply("mixer.conv1d.weight", conv),
                f.apply("mixer.conv1d.bias", convBias),
                f.apply("mixer.x_proj.weight", xProj),
                f.apply("mixer.dt_proj.weight", dtProj),
                f.apply("mixer.dt_proj.bias", dtBias),
                newALog,
                f.apply("mixer.D", D),
                f.apply(OUT_PROJ, outProj),
                f.apply("mixer.out_proj.bias", outProjBias));
    }
}
