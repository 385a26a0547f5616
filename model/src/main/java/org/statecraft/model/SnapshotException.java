package org.statecraft.model;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A safetensors file is not a snapshot that a model can go on from. */
public final class SnapshotException extends InputException {
    private static final int SHOWN = 10;

    private final List<String> problems;

    SnapshotException(Path file, List<String> problems) {
        super(file + ": not a snapshot that this model can go on from; use the model and the adapter that made it:\n  "
                + problems.stream().limit(SHOWN).collect(Collectors.joining("\n  "))
                + (problems.size() > SHOWN ? "\n  and " + (problems.size() - SHOWN) + " more" : ""));
        this.problems = List.copyOf(problems);
    }

    /** All of them, each saying what was found and what was expected. */
    public List<String> problems() {
        return problems;
    }
}
