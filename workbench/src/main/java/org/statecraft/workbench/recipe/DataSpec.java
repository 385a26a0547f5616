package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * What a training learns from: a text with a length, examples, or a probe.
 *
 * @param text a UTF-8 file as given; {@link ResolvedRecipe#dataFile} finds it; null where there is none
 * @param length tokens of one training window; null where there is no text
 * @param examples prompts with answers; null where there are none
 * @param probe drawn sequences with answers; null where there is none
 * @param validation a held-out file as given, of the same form, or null
 */
public record DataSpec(
        @OrNull String text,
        @OrNull @Range(min = 2, max = 1 << 20) Integer length,
        @OrNull ExamplesSpec examples,
        @OrNull ProbeSpec probe,
        @OrNull String validation) {

    /** The file that is trained on, as given; null for a probe, which needs none. */
    public String file() {
        return examples == null ? text : examples.file();
    }

    /** What is trained on, in a few words. */
    public String summary() {
        return probe == null ? file() : probe.summary();
    }

    boolean hasValidation() {
        return validation != null
                || (examples != null && examples.split() != null)
                || (probe != null && probe.validation() != null);
    }
}
