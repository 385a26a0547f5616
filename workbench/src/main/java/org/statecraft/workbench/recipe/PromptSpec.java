package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Prompt tuning.
 *
 * @param tokens how many virtual tokens
 * @param init what they are at first
 * @param text whose tokens they are at first; given with that init and with no other
 */
@Named("prompt")
public record PromptSpec(@Range(min = 1, max = 4096) int tokens, @Default("vocabulary") Init init, @OrNull String text)
        implements MethodSpec {

    /** What an untrained prompt consists of. */
    public enum Init {
        /** Normal values. */
        RANDOM,
        /** Embeddings of tokens drawn from the vocabulary. */
        VOCABULARY,
        /** Embeddings of the tokens of a text. */
        TEXT
    }
}
