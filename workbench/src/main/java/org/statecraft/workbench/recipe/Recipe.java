package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.model.Kernels;
import org.statecraft.model.MatrixFormat;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Matches;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * What one run does, with every default filled in.
 *
 * @param name names the run directory; a variant's name is appended
 * @param model a model folder as given; {@link ResolvedRecipe#modelFolder()} finds it; null where the first step trains a model
 * @param seed decides initialization, data order and sampling
 * @param device {@code auto}, {@code cpu} or {@code cuda:N}
 * @param kernel what computes the layers
 * @param weights how the large matrices are stored and multiplied with
 * @param threads threads of the tensor library; results are bit-equal only for equal counts
 * @param steps what is done to the model, in this order
 */
public record Recipe(
        @Matches(value = NAME, says = NAME_SAYS) String name,
        @OrNull String model,
        @Default("0") @Range(min = 0) long seed,
        @Default("auto") @Matches(value = "auto|cpu|cuda:[0-9]{1,3}", says = "auto, cpu or cuda:N") String device,
        @Default("auto") Kernels kernel,
        @Default("float32") MatrixFormat weights,
        @Default(Default.PROCESSORS) @Range(min = 1, max = 1024) int threads,
        List<Step> steps) {

    static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
    static final String NAME_SAYS = "a short name of letters, digits, '.', '_' and '-'";

    public Recipe {
        steps = List.copyOf(steps);
    }

    /** Whether the model is made by the first step, and none is named. */
    public boolean trainsItsModel() {
        return !steps.isEmpty() && steps.get(0) instanceof TrainStep;
    }

    /** This recipe as the named variant of itself. */
    Recipe variant(String variant) {
        return new Recipe(name + "-" + variant, model, seed, device, kernel, weights, threads, steps);
    }
}
