package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.peft.bottleneck.BottleneckConfig.Activation;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Bottleneck adapters.
 *
 * @param targets projections that have one in front
 * @param rank width of the bottleneck
 * @param activation between its two maps
 * @param layers where
 */
@Named("bottleneck")
public record BottleneckSpec(
        List<String> targets,
        @Range(min = 1, max = 4096) int rank,
        @Default("silu") Activation activation,
        @Default("all") String layers)
        implements MethodSpec {
    public BottleneckSpec {
        targets = List.copyOf(targets);
    }
}
