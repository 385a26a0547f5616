package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;

/**
 * BitFit.
 *
 * @param targets names of biases; none means those of convolution and step size
 * @param layers where
 */
@Named("bitfit")
public record BitFitSpec(@Default("[]") List<String> targets, @Default("all") String layers) implements MethodSpec {
    public BitFitSpec {
        targets = List.copyOf(targets);
    }

    @Override
    public boolean mergeable() {
        return true;
    }
}
