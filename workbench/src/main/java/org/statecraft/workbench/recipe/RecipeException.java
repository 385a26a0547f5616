package org.statecraft.workbench.recipe;

import java.util.List;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;

/** A recipe that cannot be run as it stands; carries every mistake that was found in it. */
public final class RecipeException extends InputException {
    private static final long serialVersionUID = 1;

    private final transient List<Problem> problems;

    public RecipeException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining(System.lineSeparator())));
        this.problems = List.copyOf(problems);
    }

    /** All mistakes, in the order in which they stand in the files. */
    public List<Problem> problems() {
        return problems;
    }
}
