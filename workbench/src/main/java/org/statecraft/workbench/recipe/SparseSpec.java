package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Sparse dimension tuning.
 *
 * @param warmupSteps updates of the phase that finds the entries to train
 * @param channels share of the channels (Mamba-1) or heads (Mamba-2) that is trained
 * @param states share of the columns of the state that is trained
 * @param layers where
 */
@Named("sparse")
public record SparseSpec(
        @Range(min = 1) int warmupSteps,
        @Default("0.01") @Range(min = 0, above = true, max = 1) double channels,
        @Default("0.25") @Range(min = 0, above = true, max = 1) double states,
        @Default("all") String layers)
        implements MethodSpec {

    @Override
    public boolean mergeable() {
        return true;
    }
}
