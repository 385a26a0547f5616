package org.statecraft.workbench.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.statecraft.workbench.execute.Origin;
import org.statecraft.workbench.recipe.ReadOptions;
import picocli.CommandLine.Option;

/** The options of every verb that reads a recipe. */
final class RecipeOptions {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where data files are looked up that do not lie beside the recipe; else STATECRAFT_DATA.")
    private Path data;

    @Option(names = "--preset", paramLabel = "NAME", description = "Apply a preset of the recipe; may be repeated.")
    private List<String> presets = new ArrayList<>();

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Replace one value, as in 'steps[1].tune.optimizer.steps=20'; may be repeated.")
    private List<String> sets = new ArrayList<>();

    /** How a recipe is read with these options. */
    ReadOptions read(Path recipe) {
        return read(recipe, List.of());
    }

    /**
     * As {@link #read(Path)}.
     *
     * @param more differences, as if given with {@code --set} after all others
     */
    ReadOptions read(Path recipe, List<String> more) {
        List<String> all = Stream.concat(sets.stream(), more.stream()).toList();
        ReadOptions options = ReadOptions.ofMachine().withPresets(presets).withSets(all);
        return Origin.of(recipe, data == null ? options : options.withDataRoot(data));
    }
}
