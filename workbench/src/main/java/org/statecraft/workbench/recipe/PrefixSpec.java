package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Prefix tuning.
 *
 * @param tokens rows in each layer
 * @param networkWidth width of the hidden layer of the network that makes the rows during training; null where the rows
 *     themselves are trained
 * @param layers that get rows
 */
@Named("prefix")
public record PrefixSpec(
        @Range(min = 1, max = 4096) int tokens,
        @OrNull @Range(min = 1, max = 65_536) Integer networkWidth,
        @Default("all") String layers)
        implements MethodSpec {}
