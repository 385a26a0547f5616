package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Matches;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * One method of a comparison.
 *
 * @param name what tables and files call it
 * @param method the method
 * @param learningRates tried on the validation text; the best one is used
 * @param fit the key of the method whose value is chosen so that it trains about as many values as the reference; null where the
 *     method is taken as it is
 */
public record MethodEntry(
        @Matches(value = Recipe.NAME, says = Recipe.NAME_SAYS) String name,
        MethodSpec method,
        @Range(min = 0, above = true, max = 10) List<Double> learningRates,
        @OrNull String fit) {
    public MethodEntry {
        learningRates = List.copyOf(learningRates);
    }
}
