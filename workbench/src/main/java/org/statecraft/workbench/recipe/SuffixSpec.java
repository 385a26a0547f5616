package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Iterative suffix tuning.
 *
 * @param rank rank of two factors of the offset; null for the offset itself
 * @param layers where
 */
@Named("suffix")
public record SuffixSpec(@OrNull @Range(min = 1, max = 4096) Integer rank, @Default("all") String layers)
        implements MethodSpec {}
