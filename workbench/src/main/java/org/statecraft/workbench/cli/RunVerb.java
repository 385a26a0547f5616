package org.statecraft.workbench.cli;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import org.statecraft.workbench.execute.Execution;
import org.statecraft.workbench.execute.Outcome;
import org.statecraft.workbench.execute.StopSignal;
import org.statecraft.workbench.recipe.ReadOptions;
import org.statecraft.workbench.recipe.RecipeReader;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.run.RunState;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a recipe: once, or once for each of its variants. */
@Command(
        name = "run",
        description =
                "Run a recipe; a recipe with variants makes one run for each. The last line is the run directory.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Ctrl-C ends the run with a checkpoint.",
            "Example: statecraft run recipes/quickstart.yaml --set seed=1",
            "Next:    statecraft compare RUN RUN"
        })
final class RunVerb implements Callable<Integer> {
    @Parameters(paramLabel = "RECIPE", description = "A recipe file.")
    private Path recipe;

    @Mixin
    private RecipeOptions options;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private RunsOption runs;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ReadOptions reading = options.read(recipe, compute.settings());
        List<ResolvedRecipe> all = RecipeReader.read(recipe, reading);
        int worst = ExitCode.DONE;
        try (StopSignal stop = StopSignal.listen()) {
            for (ResolvedRecipe one : all) {
                Execution execution = Execution.begin(one, reading, runs.folder, Clock.systemUTC(), stop);
                RunState state = carryOut(execution, output, spec.commandLine());
                worst = Math.max(worst, ExitCode.of(state));
                if (state == RunState.CANCELLED) {
                    break;
                }
            }
        }
        return worst;
    }

    /** Shows a run on standard output while it lasts, and why it failed on standard error. */
    static RunState carryOut(Execution execution, OutputOptions output, CommandLine command) {
        Outcome outcome = execution.run(output.view(command.getOut(), execution.directory()));
        if (outcome.failure() != null) {
            command.getErr().println(outcome.failure());
        }
        return outcome.state();
    }
}
