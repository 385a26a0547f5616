package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.util.Map;
import org.statecraft.workbench.recipe.ResolvedRecipe;

/** Carries out one step of a recipe. */
interface StepRunner {

    /** What the step is about, in a few words for people. */
    String label(Workspace workspace);

    /** The files that the step reads beside the model, by their paths as given in the recipe. */
    default Map<String, Path> inputs(ResolvedRecipe resolved) {
        return Map.of();
    }

    /** Finds what would end the step and can be known before anything has run, so that hours of training before it are not lost. */
    default void check(ResolvedRecipe resolved) {}

    /** Does the step. A stop request ends it with {@link Cancelled}. */
    Cost run(int index, Workspace workspace);

    /** Brings the workspace to where a finished step left it: called on resume instead of {@link #run}. */
    void restore(int index, Workspace workspace);

    /**
     * Sizes to report; null where they do not apply.
     *
     * @param trainableParameters trained by the step
     * @param totalParameters base and added
     */
    record Cost(Long trainableParameters, Long totalParameters) {
        static final Cost NONE = new Cost(null, null);
    }
}
