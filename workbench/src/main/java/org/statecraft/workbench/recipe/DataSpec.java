package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * What a training learns from: a text with a length, or examples.
 *
 * @param text a UTF-8 file as given; {@link ResolvedRecipe#dataFile} finds it; null where there are examples
 * @param length tokens of one training window; null where there are examples
 * @param examples prompts with answers; null where there is a text
 * @param validation a held-out file as given, of the same form, or null
 */
public record DataSpec(
        @OrNull String text,
        @OrNull @Range(min = 2, max = 1 << 20) Integer length,
        @OrNull ExamplesSpec examples,
        @OrNull String validation) {

    /** The file that is trained on, as given. */
    public String file() {
        return examples == null ? text : examples.file();
    }

    boolean hasValidation() {
        return validation != null || (examples != null && examples.split() != null);
    }
}
