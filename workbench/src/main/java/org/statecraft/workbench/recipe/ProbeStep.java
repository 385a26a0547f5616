package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Scores the model on probes, slice by slice.
 *
 * @param probes what is asked
 * @param mode among which answers the right one must be the likeliest; null for what suits probe and model
 * @param seed of the drawn sequences and questions; not the recipe's, so that runs of different seeds are asked the same
 * @param maxTokens most new tokens of a written answer, where a probe allows more; null for what each probe says
 * @param batch sequences or requests scored together; changes speed and memory only
 * @param cache whether answers to texts that are known from an earlier step of the same model are taken from there
 * @param label what these scores are called in results, or null
 */
@Named("probe")
public record ProbeStep(
        List<ProbeEntry> probes,
        @OrNull Mode mode,
        @Default("0") @Range(min = 0) long seed,
        @OrNull @Range(min = 1, max = 65536) Integer maxTokens,
        @Default("8") @Range(min = 1, max = 4096) int batch,
        @Default("true") boolean cache,
        @OrNull String label)
        implements Step {

    public ProbeStep {
        probes = List.copyOf(probes);
    }

    /** Among which answers the right one must be the likeliest. */
    public enum Mode {
        /** The candidates of a sequence, the choices of a question: for a language model. */
        RANKING,
        /** All tokens: for a model that was trained on the probe; answers in text are written. */
        VOCABULARY
    }
}
