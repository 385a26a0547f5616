package org.statecraft.peft.full;

import java.util.List;
import org.statecraft.peft.LayerRange;

/**
 * Which parameters are trained.
 *
 * @param targets names as {@link org.statecraft.peft.Targets} has them; empty for all parameters
 * @param layers where in the layers; parameters outside are taken wherever they are named
 */
public record FullConfig(List<String> targets, LayerRange layers) {
    /** Every parameter. */
    public static final FullConfig ALL = new FullConfig(List.of(), LayerRange.ALL);

    public FullConfig {
        targets = List.copyOf(targets);
    }
}
