package org.statecraft.workbench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;
import org.statecraft.workbench.run.RunDirectory;

/** Finds what a user names: a run, a result file of lm-evaluation-harness, or a folder with such files. */
final class Operands {
    private Operands() {}

    /** @throws InputException if nothing, or more than one thing, has that name */
    static Compared open(Path runsRoot, String name) {
        Path path = asPath(name);
        if (path != null && Files.isRegularFile(path)) {
            return HarnessResult.read(path, List.of());
        }
        List<Path> results = path != null && Files.isDirectory(path) ? resultsAt(path) : List.of();
        if (!results.isEmpty()) {
            return HarnessResult.read(results.get(0), results.subList(1, results.size()));
        }
        try {
            return RunData.load(RunDirectory.open(runsRoot, name));
        } catch (InputException e) {
            if (path == null || !Files.isDirectory(path)) {
                throw e;
            }
            throw new InputException(
                    e.getMessage()
                            + "\nNor does the folder, or one in it, hold a results_*.json of lm-evaluation-harness.",
                    e);
        }
    }

    private static Path asPath(String name) {
        try {
            return name.isEmpty() ? null : Path.of(name);
        } catch (InvalidPathException e) {
            return null;
        }
    }

    /** Result files in a folder, or in that of the one model whose results it holds; the newest first. */
    private static List<Path> resultsAt(Path folder) {
        List<Path> here = resultsIn(folder);
        if (!here.isEmpty()) {
            return here;
        }
        List<List<Path>> ofModels = new ArrayList<>();
        for (Path model : entries(folder)) {
            List<Path> results = Files.isDirectory(model) ? resultsIn(model) : List.of();
            if (!results.isEmpty()) {
                ofModels.add(results);
            }
        }
        if (ofModels.size() > 1) {
            throw new InputException(folder + ": holds results of " + ofModels.size() + " models; name one of them:"
                    + ofModels.stream()
                            .map(results -> "\n  " + results.get(0).getParent())
                            .collect(Collectors.joining()));
        }
        return ofModels.isEmpty() ? List.of() : ofModels.get(0);
    }

    private static List<Path> resultsIn(Path folder) {
        return entries(folder).stream()
                .filter(file -> file.getFileName().toString().matches("results(_.*)?\\.json"))
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw IoFailures.reading(folder, e);
        }
    }
}
