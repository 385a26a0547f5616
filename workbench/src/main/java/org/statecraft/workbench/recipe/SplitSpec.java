package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Choice;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.Range;
import org.statecraft.workbench.recipe.Schema.Teller;

/** Where the examples come from that a training is validated on, told by its {@code type}. */
@Choice(value = Teller.TYPE, noun = "split")
public sealed interface SplitSpec {

    /**
     * Training and validation are parts of the training file; the official held-out file is left for the test.
     *
     * @param validation share of the entries of the file
     * @param seed draws them
     */
    @Named("three-way")
    record ThreeWay(
            @Default("0.2") @Range(min = 0, above = true, max = 1, below = true) double validation,
            @Default("123") @Range(min = 0) long seed)
            implements SplitSpec {}

    /**
     * Validation on the official held-out file, on which scores are reported too, as the authors of state-offset tuning did.
     *
     * @param validation the held-out file as given
     */
    @Named("two-way-original")
    record TwoWayOriginal(String validation) implements SplitSpec {}
}
