package org.statecraft.workbench.execute;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.IoFailures;
import org.statecraft.workbench.recipe.ReadOptions;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.run.RunDirectory;

/**
 * Where the relative paths of a run's recipe are looked up: {@code origin.json}. Recipes keep their paths as given, so that
 * equal recipes have equal hashes on every machine; this file is what ties a run to the machine that it ran on.
 */
record Origin(List<String> folders, List<String> dataRoots, List<String> modelRoots) {
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
        Path file = directory.path().resolve(NAME);
        try {
            Origin origin = new JsonMapper().readValue(file.toFile(), Origin.class);
            return new ReadOptions(
                    List.of(), List.of(), paths(origin.folders), paths(origin.dataRoots), paths(origin.modelRoots));
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    private static List<Path> paths(List<String> texts) {
        return texts.stream().map(Path::of).toList();
    }
}
