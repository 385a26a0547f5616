package org.statecraft.workbench.recipe;

import java.util.List;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Matches;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * An evaluation task: what {@code tasks/NAME.yaml} says.
 *
 * @param task its name, equal to that of its file
 * @param description one sentence for people
 * @param outputType what is asked of the model
 * @param data the data file as given
 * @param docFormat how documents stand in the data file
 * @param metrics what is reported, by the names of lm-evaluation-harness
 * @param version recorded with every score; raised when scores before and after cannot be compared
 */
public record TaskSpec(
        @Matches(value = Recipe.NAME, says = Recipe.NAME_SAYS) String task,
        @Default("") String description,
        OutputType outputType,
        String data,
        DocFormat docFormat,
        List<String> metrics,
        @Range(min = 0) double version) {

    public TaskSpec {
        metrics = List.copyOf(metrics);
    }

    /** What is asked of the model, and which metrics can come of it. */
    public enum OutputType {
        /** The log-likelihood of a whole text. */
        @Named("loglikelihood_rolling")
        LOGLIKELIHOOD_ROLLING(List.of("word_perplexity", "byte_perplexity", "bits_per_byte")),
        /** The log-likelihood of a continuation. */
        @Named("loglikelihood")
        LOGLIKELIHOOD(List.of("perplexity", "acc"));

        @SuppressWarnings("ImmutableEnumChecker") // List.of makes unmodifiable lists
        private final List<String> metrics;

        OutputType(List<String> metrics) {
            this.metrics = metrics;
        }

        List<String> metrics() {
            return metrics;
        }
    }

    /** How documents stand in a data file. */
    public enum DocFormat {
        /** The whole file is one document. */
        TEXT(OutputType.LOGLIKELIHOOD_ROLLING),
        /** JSON Lines with the key {@code text}; the last word is the continuation. */
        LAMBADA(OutputType.LOGLIKELIHOOD);

        private final OutputType outputType;

        DocFormat(OutputType outputType) {
            this.outputType = outputType;
        }

        OutputType outputType() {
            return outputType;
        }
    }
}
