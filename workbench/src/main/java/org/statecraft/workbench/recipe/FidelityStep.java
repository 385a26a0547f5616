package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Measures how far the model is from its base, on windows of a held-out text.
 *
 * @param text a UTF-8 file as given
 * @param base a model folder as given, or null for the recipe's own model as it was before any step changed it
 * @param contexts fewest and most tokens that both models read before a continuation
 * @param continuation tokens over which their predictions are compared
 * @param windows how many contexts with a continuation
 * @param batch windows read together; changes speed and memory only
 * @param label what this step is called in results, or null
 */
@Named("fidelity")
public record FidelityStep(
        String text,
        @OrNull String base,
        @Default("[512, 1024]") @Range(min = 1, max = 1 << 20) List<Integer> contexts,
        @Default("128") @Range(min = 1, max = 1 << 20) int continuation,
        @Default("64") @Range(min = 2, max = 1 << 20) int windows,
        @Default("4") @Range(min = 1, max = 4096) int batch,
        @OrNull String label)
        implements Step {

    public FidelityStep {
        contexts = List.copyOf(contexts);
    }

    public int shortest() {
        return contexts.get(0);
    }

    public int longest() {
        return contexts.get(1);
    }
}
