package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.workbench.recipe.CompareMethodsStep;
import org.statecraft.workbench.recipe.ResolvedRecipe;

/** Trains several methods and compares them; the model stays as it is. */
record CompareMethodsRunner(CompareMethodsStep step) implements StepRunner {

    @Override
    public String label(Workspace workspace) {
        return step.methods().size() + " methods against " + step.reference() + " on " + step.test();
    }

    @Override
    public Map<String, Path> inputs(ResolvedRecipe resolved) {
        return Stream.of(step.data().text(), step.data().validation(), step.test())
                .distinct()
                .collect(Collectors.toMap(given -> given, resolved::dataFile));
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        Path folder = workspace.directory().artifacts().resolve("%02d-compare-methods".formatted(index));
        new MethodContest(step, workspace, folder).run();
        return Cost.NONE;
    }

    @Override
    public void restore(int index, Workspace workspace) {
        // a comparison changes nothing
    }
}
