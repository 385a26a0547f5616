package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * The text of a training.
 *
 * @param text a UTF-8 file as given; {@link ResolvedRecipe#dataFile} finds it
 * @param length tokens of one training window
 * @param validation a held-out UTF-8 file as given, or null
 */
public record DataSpec(String text, @Range(min = 2, max = 1 << 20) int length, @OrNull String validation) {}
