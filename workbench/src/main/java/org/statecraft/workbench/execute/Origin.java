package org.statecraft.workbench.execute;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.workbench.recipe.ReadOptions;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.run.RunDirectory;

/**
 * Where the relative paths of a run's recipe are looked up: {@code origin.json}. Recipes keep their paths as given, so that
 * equal recipes (with equal thread counts) have equal hashes on every machine; this file is what ties a run to the machine that it ran on.
 */
public record Origin(List<String> folders, List<String> dataRoots, List<String> modelRoots) {
    private static final String NAME = "origin.json";

    static Origin of(ResolvedRecipe resolved, ReadOptions options) {
        return new Origin(absolute(resolved.folders()), absolute(options.dataRoots()), absolute(options.modelRoots()));
    }

    private static List<String> absolute(List<Path> paths) {
        return paths.stream()
                .map(path -> path.toAbsolutePath().normalize().toString())
                .toList();
    }

    void write(RunDirectory directory) {
        AtomicFiles.writeJson(directory.path().resolve(NAME), this);
    }

    /** The options with which the resolved recipe of a run is read again. */
    static ReadOptions read(RunDirectory directory) {
        return JsonFiles.read(directory.path().resolve(NAME), Origin.class).addTo(ReadOptions.none());
    }

    /** The options for reading a recipe: where it lies in a run directory, also with the places of that run. */
    public static ReadOptions of(Path recipe, ReadOptions options) {
        Path file = recipe.resolveSibling(NAME);
        return Files.isRegularFile(file) ? JsonFiles.read(file, Origin.class).addTo(options) : options;
    }

    private ReadOptions addTo(ReadOptions options) {
        return new ReadOptions(
                options.presets(),
                options.sets(),
                joined(options.folders(), folders),
                joined(options.dataRoots(), dataRoots),
                joined(options.modelRoots(), modelRoots));
    }

    private static List<Path> joined(List<Path> first, List<String> then) {
        return Stream.concat(first.stream(), then.stream().map(Path::of))
                .distinct()
                .toList();
    }
}
