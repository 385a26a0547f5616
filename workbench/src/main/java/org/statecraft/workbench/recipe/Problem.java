package org.statecraft.workbench.recipe;

import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/**
 * One mistake in a recipe.
 *
 * @param file the file, or the {@code --set} option, in which the offending text stands
 * @param line from 1; 0 when the whole file is meant
 * @param column from 1, in characters
 * @param path the key from the top of the recipe, {@code steps[1].tune.optimizer}; empty for the whole recipe
 * @param found what stands there
 * @param expected what should stand there, or null
 * @param nearest the valid name most like the one found, or null
 */
public record Problem(String file, int line, int column, String path, String found, String expected, String nearest) {

    static Problem at(Optional<Mark> mark, String path, String found, String expected, String nearest) {
        Mark place = mark.orElseThrow(() -> new IllegalStateException("a node without a place: " + path));
        return new Problem(place.getName(), place.getLine() + 1, place.getColumn() + 1, path, found, expected, nearest);
    }

    /** A problem with a file as a whole. */
    static Problem ofFile(String file, String found, String expected, String nearest) {
        return new Problem(file, 0, 0, "", found, expected, nearest);
    }

    /** The problem in one line: {@code file:line:column: path: found, expected ...; did you mean ...?}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(file);
        if (line > 0) {
            text.append(':').append(line).append(':').append(column);
        }
        text.append(": ");
        if (!path.isEmpty()) {
            text.append(path).append(": ");
        }
        text.append(found);
        if (expected != null) {
            text.append(", expected ").append(expected);
        }
        if (nearest != null) {
            text.append("; did you mean '").append(nearest).append("'?");
        }
        return text.toString();
    }
}
