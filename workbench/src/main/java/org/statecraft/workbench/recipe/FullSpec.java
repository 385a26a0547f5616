package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;

/**
 * Full or partial fine-tuning.
 *
 * @param targets names of parameters; none means all
 * @param layers where
 */
@Named("full")
public record FullSpec(@Default("[]") List<String> targets, @Default("all") String layers) implements MethodSpec {
    public FullSpec {
        targets = List.copyOf(targets);
    }

    @Override
    public boolean trainsParameters() {
        return true;
    }

    @Override
    public boolean mergeable() {
        return true;
    }
}
