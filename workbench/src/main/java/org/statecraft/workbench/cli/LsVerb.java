package org.statecraft.workbench.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.workbench.recipe.RecipeOutline;
import org.statecraft.workbench.recipe.RecipeReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the recipes of a folder. */
@Command(
        name = "ls",
        description = "List the recipes of a folder: name, model, steps and what they are for.",
        footer = {"", "Example: statecraft ls recipes", "Next:    statecraft show RECIPE"})
final class LsVerb implements Callable<Integer> {
    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            description = "The folder (default: recipes here, else those that ship).")
    private Path folder;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        List<RecipeOutline> outlines = recipes(folder == null ? defaultFolder() : folder).stream()
                .map(RecipeReader::outline)
                .toList();
        PrintWriter out = spec.commandLine().getOut();
        if (output.json) {
            out.println(Json.of(outlines.stream().map(LsVerb::plain).toList()));
        } else {
            outlines.forEach(outline -> print(outline, out));
            if (!output.quiet) {
                out.println(next(outlines));
            }
        }
        out.flush();
        return ExitCode.DONE;
    }

    private static Path defaultFolder() {
        Path here = Path.of("recipes");
        String home = System.getProperty("statecraft.home");
        return Files.isDirectory(here) || home == null ? here : Path.of(home, "recipes");
    }

    private static List<Path> recipes(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new InputException(
                    "no folder " + folder.toAbsolutePath() + "; name a folder of recipes: statecraft ls FOLDER");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new InputException("cannot list " + folder + ": " + e.getMessage(), e);
        }
    }

    private static String next(List<RecipeOutline> outlines) {
        return outlines.isEmpty()
                ? "No recipes here. A recipe is a file NAME.yaml."
                : "Next: statecraft show " + outlines.get(0).file();
    }

    private void print(RecipeOutline outline, PrintWriter out) {
        if (outline.name() == null) {
            out.println(outline.problems().get(0));
            return;
        }
        String steps = String.join(", ", outline.steps());
        String variants = outline.variants().isEmpty() ? "" : "  x " + String.join(", ", outline.variants());
        String model = outline.model() == null ? "-" : outline.model();
        out.printf("%-28s %-22s %s%s%n", outline.name(), model, steps, variants);
        if (!output.quiet && !outline.description().isEmpty()) {
            out.println("    " + outline.description());
        }
    }

    private static Map<String, Object> plain(RecipeOutline outline) {
        Map<String, Object> plain = new LinkedHashMap<>();
        plain.put("file", outline.file().toString());
        plain.put("name", outline.name());
        plain.put("model", outline.model());
        plain.put("steps", outline.steps());
        plain.put("variants", outline.variants());
        plain.put("presets", outline.presets());
        plain.put("description", outline.description());
        plain.put("problems", outline.problems());
        return plain;
    }
}
