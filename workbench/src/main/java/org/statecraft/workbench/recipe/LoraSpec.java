package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.peft.lora.LoraConfig.Variant;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Low-rank adaptation.
 *
 * @param targets linear maps, slices of them, the embedding or the convolution
 * @param rank of the factors
 * @param alpha numerator of the scale
 * @param variant what is done with the factors
 * @param layers where
 */
@Named("lora")
public record LoraSpec(
        List<String> targets,
        @Range(min = 1, max = 4096) int rank,
        @Range(min = 0, above = true) double alpha,
        @Default("lora") Variant variant,
        @Default("all") String layers)
        implements MethodSpec {
    public LoraSpec {
        targets = List.copyOf(targets);
    }

    @Override
    public boolean mergeable() {
        return true;
    }
}
