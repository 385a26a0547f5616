package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Named;

/** Folds the adapters trained so far into the weights, and goes on with the merged model as it was stored. */
@Named("merge")
public record MergeStep() implements Step {}
