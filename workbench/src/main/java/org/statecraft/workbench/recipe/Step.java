package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Choice;
import org.statecraft.workbench.recipe.Schema.Teller;

/** One step of a recipe, written as {@code verb: {...}}. */
@Choice(value = Teller.KEY, noun = "step")
public sealed interface Step
        permits TrainStep,
                EvaluateStep,
                ProbeStep,
                FidelityStep,
                TuneStep,
                MergeStep,
                GenerateStep,
                CompareMethodsStep {

    /** The verb, as written in the recipe. */
    default String verb() {
        return Names.of(getClass());
    }
}
