package org.statecraft.workbench.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a recipe file is about, for lists of recipes.
 *
 * @param file the recipe
 * @param name its name, or null when the file cannot be read at all
 * @param model its model as given, or null where it trains one
 * @param steps the verbs of its steps
 * @param variants the names of its variants
 * @param presets the names of its presets
 * @param description the comment that opens the file; empty if there is none
 * @param problems why the file cannot be read at all
 */
public record RecipeOutline(
        Path file,
        String name,
        String model,
        List<String> steps,
        List<String> variants,
        List<String> presets,
        String description,
        List<Problem> problems) {

    public RecipeOutline {
        steps = List.copyOf(steps);
        variants = List.copyOf(variants);
        presets = List.copyOf(presets);
        problems = List.copyOf(problems);
    }

    /** The comment lines that open a text, as one line. */
    static String description(String text) {
        return text == null
                ? ""
                : text.lines()
                        .takeWhile(line -> line.startsWith("#"))
                        .map(line -> line.substring(1).strip())
                        .filter(line -> !line.isEmpty())
                        .collect(Collectors.joining(" "));
    }
}
