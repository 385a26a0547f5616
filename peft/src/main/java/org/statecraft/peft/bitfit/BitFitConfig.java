package org.statecraft.peft.bitfit;

import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.peft.LayerRange;

/**
 * Which biases are trained.
 *
 * @param targets names of biases as {@link org.statecraft.peft.Targets} has them; empty for those of convolution and step size
 */
public record BitFitConfig(List<String> targets, LayerRange layers) {
    /** Convolution and step size in every layer. */
    public static final BitFitConfig DEFAULT = new BitFitConfig(List.of(), LayerRange.ALL);

    public BitFitConfig {
        targets = List.copyOf(targets);
        for (String target : targets) {
            if (!isBias(target)) {
                throw new InputException("bitfit has the target '" + target
                        + "', which is no bias; expected names as conv1d.bias, dt_proj.bias (Mamba-1) or dt_bias"
                        + " (Mamba-2), or use the method full");
            }
        }
    }

    /** Whether a parameter of that name is a bias. */
    public static boolean isBias(String name) {
        return name.endsWith("bias");
    }

    List<String> targetsIn(LanguageModel model) {
        if (!targets.isEmpty()) {
            return targets;
        }
        boolean mamba1 = model.layers().get(0) instanceof Mamba1Layer;
        return List.of("conv1d.bias", mamba1 ? "dt_proj.bias" : "dt_bias");
    }
}
