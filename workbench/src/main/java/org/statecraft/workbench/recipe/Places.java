package org.statecraft.workbench.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where the relative paths of a recipe are looked up, in this order.
 *
 * @param folders the folder of the recipe, then those of the recipes that it extends
 * @param dataRoots further places of data files
 * @param modelRoots further places of models
 */
record Places(List<Path> folders, List<Path> dataRoots, List<Path> modelRoots) {

    /**
     * The outcome of a search.
     *
     * @param found the first match, or null
     * @param lookedAt every path that was tried
     */
    record Search(Path found, List<Path> lookedAt) {
        String lookedAtText() {
            return lookedAt.isEmpty()
                    ? "nothing, since this is no path"
                    : lookedAt.stream().map(Path::toString).collect(Collectors.joining(", "));
        }

        /** The name most like the last one of a path, beside any path that was tried; null if none is alike. */
        String nearest(String given) {
            String nearest = lookedAt.stream()
                    .map(Places::nearestBeside)
                    .filter(n -> n != null)
                    .findFirst()
                    .orElse(null);
            int slash = given.lastIndexOf('/');
            return nearest == null || slash < 0 ? nearest : given.substring(0, slash + 1) + nearest;
        }
    }

    Search model(String given) {
        return search(given, Stream.of(folders, modelRoots), Files::isDirectory);
    }

    Search data(String given) {
        return search(given, Stream.of(folders, dataRoots), Files::isRegularFile);
    }

    /** A file or a folder of data. */
    Search any(String given) {
        return search(given, Stream.of(folders, dataRoots), Files::exists);
    }

    Search task(String name) {
        return search("tasks/" + name + ".yaml", Stream.of(folders), Files::isRegularFile);
    }

    /** The names of all tasks. */
    List<String> taskNames() {
        return folders.stream()
                .flatMap(folder -> names(folder.resolve("tasks")).stream())
                .filter(name -> name.endsWith(".yaml"))
                .map(name -> name.substring(0, name.length() - ".yaml".length()))
                .distinct()
                .sorted()
                .toList();
    }

    /** These places seen from a file in another folder. */
    Places from(Path folder) {
        List<Path> all = new ArrayList<>();
        all.add(folder);
        all.addAll(folders);
        return new Places(all, dataRoots, modelRoots);
    }

    private static Search search(String given, Stream<List<Path>> roots, Predicate<Path> wanted) {
        List<Path> tried = isPath(given)
                ? roots.flatMap(List::stream)
                        .map(root -> root.resolve(given).normalize())
                        .distinct()
                        .toList()
                : List.of();
        return new Search(tried.stream().filter(wanted).findFirst().orElse(null), tried);
    }

    /** Whether a text can be a path at all. */
    static boolean isPath(String given) {
        return !given.isBlank() && given.indexOf('\0') < 0;
    }

    /** The name in the same folder that is most like the name of a file, or null. */
    static String nearestBeside(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        Path name = file.getFileName();
        return folder == null || name == null ? null : Names.nearest(name.toString(), names(folder));
    }

    private static List<String> names(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            return List.of(); // only suggestions are lost
        }
    }
}
