package org.statecraft.workbench.recipe;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What is said about a recipe from outside.
 *
 * @param presets names of presets to apply, in this order
 * @param sets further differences, each {@code path=value}; applied last
 * @param folders where relative paths are looked up after the folder of the recipe: for a resolved recipe that was moved
 * @param dataRoots where data files are looked up after that
 * @param modelRoots where models are looked up after that
 */
public record ReadOptions(
        List<String> presets, List<String> sets, List<Path> folders, List<Path> dataRoots, List<Path> modelRoots) {

    public ReadOptions {
        presets = List.copyOf(presets);
        sets = List.copyOf(sets);
        folders = List.copyOf(folders);
        dataRoots = List.copyOf(dataRoots);
        modelRoots = List.copyOf(modelRoots);
    }

    /** Nothing said, and nothing looked up beyond the folder of the recipe. */
    public static ReadOptions none() {
        return new ReadOptions(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /**
     * The roots that this machine is set up with: {@code STATECRAFT_DATA}, {@code STATECRAFT_MODELS} (each a list of
     * folders) and the recipes folder of the installation, in which the bundled model lies.
     */
    public static ReadOptions ofMachine() {
        List<Path> models = new ArrayList<>(folders("STATECRAFT_MODELS"));
        String home = System.getProperty("statecraft.home");
        if (home != null) {
            models.add(Path.of(home, "recipes"));
        }
        return new ReadOptions(List.of(), List.of(), List.of(), folders("STATECRAFT_DATA"), models);
    }

    public ReadOptions withPresets(List<String> names) {
        return new ReadOptions(names, sets, folders, dataRoots, modelRoots);
    }

    public ReadOptions withSets(List<String> settings) {
        return new ReadOptions(presets, settings, folders, dataRoots, modelRoots);
    }

    /** Looks relative paths up in these folders as well, before the data and model roots. */
    public ReadOptions withFolders(List<Path> more) {
        return new ReadOptions(presets, sets, more, dataRoots, modelRoots);
    }

    /** Looks data files up in this folder before the other data roots. */
    public ReadOptions withDataRoot(Path root) {
        List<Path> roots = new ArrayList<>();
        roots.add(root);
        roots.addAll(dataRoots);
        return new ReadOptions(presets, sets, folders, roots, modelRoots);
    }

    private static List<Path> folders(String variable) {
        String value = System.getenv(variable);
        if (value == null) {
            return List.of();
        }
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(value)
                .filter(part -> !part.isBlank())
                .map(Path::of)
                .toList();
    }
}
