package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.statecraft.workbench.recipe.CompareMethodsStep;
import org.statecraft.workbench.recipe.DataSpec;
import org.statecraft.workbench.recipe.EvaluateStep;
import org.statecraft.workbench.recipe.FidelityStep;
import org.statecraft.workbench.recipe.GenerateStep;
import org.statecraft.workbench.recipe.LocatedTask;
import org.statecraft.workbench.recipe.MergeStep;
import org.statecraft.workbench.recipe.MethodEntry;
import org.statecraft.workbench.recipe.OptimizerSpec;
import org.statecraft.workbench.recipe.ProbeEntry;
import org.statecraft.workbench.recipe.ProbeStep;
import org.statecraft.workbench.recipe.Recipe;
import org.statecraft.workbench.recipe.RecipeOutline;
import org.statecraft.workbench.recipe.RecipeReader;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.recipe.Step;
import org.statecraft.workbench.recipe.TrainStep;
import org.statecraft.workbench.recipe.TrainingStep;
import org.statecraft.workbench.recipe.TuneStep;
import org.statecraft.workbench.table.Formats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a recipe would do. */
@Command(
        name = "show",
        description = "Show what a recipe would do, after presets, variants and settings.",
        footer = {
            "",
            "Example: statecraft show --resolved --preset smoke recipes/quickstart.yaml",
            "Next:    statecraft run RECIPE"
        })
final class ShowVerb implements Callable<Integer> {
    @Parameters(paramLabel = "RECIPE", description = "A recipe file.")
    private Path recipe;

    @Option(names = "--resolved", description = "Print YAML with every default written out; runs as it stands.")
    private boolean resolved;

    @Mixin
    private RecipeOptions options;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<ResolvedRecipe> runs = RecipeReader.read(recipe, options.read(recipe));
        PrintWriter out = spec.commandLine().getOut();
        if (output.json) {
            out.println(Json.of(runs.stream().map(ResolvedRecipe::toMap).toList()));
        } else if (resolved) {
            out.print(String.join(
                    "---\n", runs.stream().map(ResolvedRecipe::toYaml).toList()));
        } else {
            RecipeOutline outline = RecipeReader.outline(recipe);
            out.println(outline.description().isEmpty() ? recipe.toString() : outline.description());
            runs.forEach(run -> print(run, out));
            if (!outline.presets().isEmpty()) {
                out.println("presets: " + String.join(", ", outline.presets()));
            }
            if (!output.quiet) {
                out.println("Next: statecraft run " + recipe);
            }
        }
        out.flush();
        return ExitCode.DONE;
    }

    private static void print(ResolvedRecipe run, PrintWriter out) {
        Recipe recipe = run.recipe();
        out.println();
        out.println(recipe.name());
        String model =
                recipe.trainsItsModel() ? "of steps[0]" : run.modelFolder().toString();
        out.println("  model " + model + ", seed " + recipe.seed() + ", device " + recipe.device()
                + ", kernel " + recipe.kernel().name().toLowerCase(Locale.ROOT)
                + ", weights "
                + recipe.weights() + ", "
                + Formats.counted(recipe.threads(), "thread"));
        for (int i = 0; i < recipe.steps().size(); i++) {
            Step step = recipe.steps().get(i);
            out.println("  steps[" + i + "] " + step.verb() + "  " + describe(step, run));
        }
    }

    private static String describe(Step step, ResolvedRecipe run) {
        if (step instanceof EvaluateStep evaluate) {
            List<String> parts = new ArrayList<>();
            evaluate.tasks().forEach(task -> parts.add(task + " (" + data(run.task(task)) + ")"));
            String limit = evaluate.limit() == null
                    ? ""
                    : evaluate.limit() < 1
                            ? ", the first " + Math.round(100 * evaluate.limit()) + " % of the documents"
                            : ", first " + evaluate.limit().intValue() + " documents";
            return String.join(", ", parts) + limit;
        }
        if (step instanceof FidelityStep fidelity) {
            String base = fidelity.base() == null
                    ? "the model before all steps"
                    : run.modelFolder(fidelity.base()).toString();
            return "against " + base + " on " + run.dataFile(fidelity.text()) + ", " + fidelity.windows()
                    + " windows: " + fidelity.continuation() + " tokens after " + fidelity.shortest() + " to "
                    + fidelity.longest();
        }
        if (step instanceof ProbeStep probe) {
            String probes = probe.probes().stream().map(ProbeEntry::summary).collect(Collectors.joining("; "));
            return probes
                    + (probe.mode() == null ? "" : "; " + probe.mode().name().toLowerCase(Locale.ROOT));
        }
        if (step instanceof GenerateStep generate) {
            String how = generate.temperature() == 0 ? "greedy" : "temperature " + generate.temperature();
            String prompt = generate.prompt().strip().replace("\n", "\\n");
            return "\"" + prompt + "\", up to " + generate.maxTokens() + " tokens, " + how;
        }
        if (step instanceof MergeStep) {
            return "the adapters into the weights";
        }
        if (step instanceof CompareMethodsStep compare) {
            List<String> names =
                    compare.methods().stream().map(MethodEntry::name).toList();
            return String.join(", ", names) + " against " + compare.reference() + "; "
                    + compare.optimizer().steps() + " steps of "
                    + compare.optimizer().batch() + " x " + compare.data().length() + " tokens, "
                    + Formats.counted(compare.seeds().size(), "seed") + ", scored on " + run.dataFile(compare.test());
        }
        if (step instanceof TrainStep train) {
            return train.model().summary() + " on " + training(train, run);
        }
        TuneStep tune = (TuneStep) step;
        return tune.method().summary() + " on " + training(tune, run)
                + (tune.distill() == null ? "" : ", distilled from " + teacher(tune, run));
    }

    private static String data(LocatedTask task) {
        return task.runnable()
                ? String.join(
                        ", ", task.files().values().stream().map(Path::toString).toList())
                : "skipped: it needs " + String.join(" and ", task.missing());
    }

    private static String training(TrainingStep step, ResolvedRecipe run) {
        DataSpec data = step.data();
        OptimizerSpec optimizer = step.optimizer();
        String unit = data.text() != null
                ? " x " + data.length() + " tokens"
                : data.probe() != null ? " sequences" : " examples";
        return (data.probe() == null ? run.dataFile(data.file()) : data.summary()) + ", " + optimizer.steps()
                + " steps of " + optimizer.batch() * optimizer.accumulate() + unit + ", learning rate "
                + optimizer.learningRate();
    }

    private static String teacher(TuneStep tune, ResolvedRecipe run) {
        String given = tune.distill().teacher();
        return given == null ? "the model before it" : run.modelFolder(given).toString();
    }
}
