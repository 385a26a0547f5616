package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Additional-scan.
 *
 * @param columns further columns of the state, in Mamba-2 for each group
 * @param layers where
 */
@Named("additional-scan")
public record AdditionalScanSpec(@Range(min = 1, max = 4096) int columns, @Default("all") String layers)
        implements MethodSpec {

    @Override
    public boolean mergeable() {
        return layers.equals("all");
    }
}
