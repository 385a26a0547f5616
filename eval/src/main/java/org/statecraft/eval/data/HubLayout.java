package org.statecraft.eval.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/** Finds the files of a data set that was downloaded from the hub into a folder of its name. */
public final class HubLayout {
    private static final Map<String, String> LOADERS = new LinkedHashMap<>();

    static {
        LOADERS.put(".parquet", "parquet");
        LOADERS.put(".jsonl", "json");
        LOADERS.put(".json", "json");
        LOADERS.put(".csv", "csv");
        LOADERS.put(".jsonl.gz", "json");
        LOADERS.put(".json.gz", "json");
        LOADERS.put(".csv.gz", "csv");
    }

    private HubLayout() {}

    /**
     * What was found.
     *
     * @param loader that reads the files, or null where there are none
     * @param files sorted by name; empty where there are none
     * @param looked the places in the order in which they were looked at, as a message names them
     */
    public record Found(String loader, List<Path> files, List<String> looked) {
        public Found {
            files = List.copyOf(files);
            looked = List.copyOf(looked);
        }
    }

    /**
     * Looks for the files of a split: in {@code <root>/<path>/<name>}, then in {@code <root>/<path>/data} and {@code <root>/<path>}.
     * A file belongs to it when its name is the split's, or begins so and goes on with {@code -} or {@code .}. The first place that has one
     * is taken, and there the first of the formats Parquet, JSON Lines, JSON and CSV.
     *
     * @param name of the configuration ({@code dataset_name}), or null
     * @throws InputException when path or name lead out of the root
     */
    public static Found find(Path root, String path, String name, String split) {
        Path folder = below(root, path);
        List<Path> places = new ArrayList<>();
        if (name != null) {
            places.add(below(folder, name));
        }
        places.add(folder.resolve("data"));
        places.add(folder);
        List<String> looked = new ArrayList<>();
        for (Path place : places) {
            looked.add(place.resolve(split) + "*.{parquet,jsonl,json,csv}");
            List<Path> candidates = candidates(place, split);
            for (Map.Entry<String, String> format : LOADERS.entrySet()) {
                List<Path> files = candidates.stream()
                        .filter(file -> file.toString().endsWith(format.getKey()))
                        .toList();
                if (!files.isEmpty()) {
                    return new Found(format.getValue(), files, looked);
                }
            }
        }
        return new Found(null, List.of(), looked);
    }

    /** The page must not read outside of its folders, whatever a task file says. */
    private static Path below(Path root, String path) {
        Path resolved = root.resolve(path).normalize();
        if (!resolved.toAbsolutePath().startsWith(root.toAbsolutePath().normalize())) {
            throw new InputException("'" + path + "' leads out of " + root + "; expected the name of a data set");
        }
        return resolved;
    }

    private static List<Path> candidates(Path place, String split) {
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.filter(file -> belongs(file.getFileName().toString(), split))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw IoFailures.reading(place, e);
        }
    }

    private static boolean belongs(String file, String split) {
        return file.startsWith(split + "-") || file.startsWith(split + ".");
    }
}
