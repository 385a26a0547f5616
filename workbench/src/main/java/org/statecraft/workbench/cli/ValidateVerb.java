package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.statecraft.workbench.recipe.Problem;
import org.statecraft.workbench.recipe.RecipeReader;
import org.statecraft.workbench.table.Formats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints every mistake in recipes, without loading a model. */
@Command(
        name = "validate",
        description = "Find every mistake in recipes, with line and column, before anything is loaded.",
        footer = {
            "",
            "Exit code 0 if there is none, 2 otherwise.",
            "Example: statecraft validate recipes/quickstart.yaml",
            "Next:    statecraft run RECIPE"
        })
final class ValidateVerb implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "RECIPE", description = "Recipe files.")
    private List<Path> recipes;

    @Mixin
    private RecipeOptions options;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        List<Problem> problems = new ArrayList<>();
        int bad = 0;
        for (Path recipe : recipes) {
            List<Problem> found = RecipeReader.problems(recipe, options.read(recipe));
            problems.addAll(found);
            bad += found.isEmpty() ? 0 : 1;
        }
        if (output.json) {
            out.println(Json.of(problems));
        } else {
            problems.forEach(out::println);
            if (!output.quiet) {
                out.println(summary(problems.size(), bad));
            }
        }
        out.flush();
        return problems.isEmpty() ? ExitCode.DONE : ExitCode.USAGE;
    }

    private String summary(int problems, int bad) {
        if (problems == 0) {
            String first = recipes.get(0).toString();
            return Formats.counted(recipes.size(), "recipe") + " without a mistake. Next: statecraft run " + first;
        }
        return Formats.counted(problems, "problem") + " in " + Formats.counted(bad, "recipe")
                + ". Next, when corrected: statecraft validate "
                + String.join(" ", recipes.stream().map(Path::toString).toList());
    }
}
