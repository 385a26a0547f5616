package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * A teacher whose predictions are learned beside the text.
 *
 * @param teacher a model folder as given, or null for the model as it stands before the step
 * @param weight share of the teacher in the loss
 * @param temperature by which both models' logits are divided before they are compared
 */
public record DistillSpec(
        @OrNull String teacher,
        @Default("0.5") @Range(min = 0, max = 1) double weight,
        @Default("2") @Range(min = 0, above = true, max = 100) double temperature) {}
