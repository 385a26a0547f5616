package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Lets the model continue a text.
 *
 * @param prompt the text to continue
 * @param maxTokens most tokens to generate
 * @param temperature 0 always takes the likeliest token
 * @param topK draws from the so many likeliest tokens only; null for all
 * @param topP draws from the likeliest tokens that together have this probability; null for all
 * @param beams above 1: beam search, which keeps the so many likeliest texts at each step
 * @param lengthPenalty with beams: a text's log-probability is divided by its length to this power
 * @param stop generation ends before the first of these texts
 * @param label what this sample is called in results, or null
 */
@Named("generate")
public record GenerateStep(
        String prompt,
        @Default("64") @Range(min = 1, max = 65536) int maxTokens,
        @Default("0") @Range(min = 0, max = 100) double temperature,
        @OrNull @Range(min = 1) Integer topK,
        @OrNull @Range(min = 0, above = true, max = 1) Double topP,
        @Default("1") @Range(min = 1, max = MOST_BEAMS) int beams,
        @Default("1.0") @Range(min = -10, max = 10) double lengthPenalty,
        @Default("[]") List<String> stop,
        @OrNull String label)
        implements Step {
    /** Each beam carries a state and all its logits. */
    public static final int MOST_BEAMS = 64;

    public GenerateStep {
        stop = List.copyOf(stop);
    }
}
