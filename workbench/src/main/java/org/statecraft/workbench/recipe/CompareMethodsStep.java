package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Trains several methods on one text at equal budget and scores them on another. The model stays as it is.
 *
 * @param reference name of the method that sets the budget and that all others are compared with
 * @param methods at least two
 * @param data training and validation text
 * @param test text that is scored, cut like the training text
 * @param limit the first so many windows of validation and test text only; null for all
 * @param optimizer of the final trainings; its learning rate gives way to the best of each method
 * @param sweepSteps updates of a training that tries a learning rate
 * @param seeds of the final trainings: each decides initial values and data order
 * @param tolerance how far from the budget a method may be and still count as equal, as a part of it
 */
@Named("compare-methods")
public record CompareMethodsStep(
        String reference,
        List<MethodEntry> methods,
        DataSpec data,
        String test,
        @OrNull @Range(min = 1) Integer limit,
        OptimizerSpec optimizer,
        @Range(min = 1) int sweepSteps,
        @Range(min = 0) List<Long> seeds,
        @Default("0.1") @Range(min = 0, max = 1) double tolerance)
        implements Step {
    public CompareMethodsStep {
        methods = List.copyOf(methods);
        seeds = List.copyOf(seeds);
    }
}
