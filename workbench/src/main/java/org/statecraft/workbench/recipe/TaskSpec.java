package org.statecraft.workbench.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Matches;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * An evaluation task: what {@code tasks/NAME.yaml} says.
 *
 * @param task its name, equal to that of its file
 * @param description one sentence for people
 * @param outputType what is asked of the model
 * @param data the data file as given
 * @param docFormat how documents stand in the data file
 * @param columns names of the columns of a delimited file without a header line
 * @param prefix a text before each prompt, made into tokens by itself
 * @param prompt what the model is given, a {@link org.statecraft.model.records.Template}, or null where the format says it
 * @param answer what is right, likewise
 * @param answers the text of each label that may occur, by what stands for it in the data; empty for other kinds of tasks
 * @param generation how texts are written, or null
 * @param metrics what is reported, by the names of lm-evaluation-harness
 * @param version recorded with every score; raised when scores before and after cannot be compared
 */
public record TaskSpec(
        @Matches(value = Recipe.NAME, says = Recipe.NAME_SAYS) String task,
        @Default("") String description,
        OutputType outputType,
        String data,
        DocFormat docFormat,
        @Default("[]") List<String> columns,
        @Default("") String prefix,
        @OrNull String prompt,
        @OrNull String answer,
        @Default("{}") Map<String, String> answers,
        @OrNull GenerationSpec generation,
        List<String> metrics,
        @Range(min = 0) double version) {

    public TaskSpec {
        columns = List.copyOf(columns);
        answers = Collections.unmodifiableMap(new LinkedHashMap<>(answers));
        metrics = List.copyOf(metrics);
    }

    /**
     * How texts are written: by the search of {@link GenerateStep}.
     *
     * @param maxTokens most new tokens of a text
     */
    public record GenerationSpec(
            @Default("5") @Range(min = 1, max = GenerateStep.MOST_BEAMS) int beams,
            @Default("1.0") @Range(min = -10, max = 10) double lengthPenalty,
            @Range(min = 1, max = 65536) int maxTokens,
            @Default("[]") List<String> stop) {
        public GenerationSpec {
            stop = List.copyOf(stop);
        }
    }

    /** What is asked of the model, and which metrics can come of it. */
    public enum OutputType {
        /** The log-likelihood of a whole text. */
        @Named("loglikelihood_rolling")
        LOGLIKELIHOOD_ROLLING(List.of("word_perplexity", "byte_perplexity", "bits_per_byte")),
        /** The log-likelihood of a continuation. */
        @Named("loglikelihood")
        LOGLIKELIHOOD(List.of("perplexity", "acc")),
        /** The likeliest token of the whole vocabulary, which should be a label. */
        LABEL(List.of("acc", "acc_in_class", "out_of_class", "mcc", "mcc_in_class", "f1", "f1_in_class")),
        /** A text. */
        @Named("generate_until")
        GENERATE_UNTIL(List.of("exact_match"));

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
    @SuppressWarnings("ImmutableEnumChecker") // as above
    public enum DocFormat {
        /** The whole file is one document. */
        TEXT(OutputType.LOGLIKELIHOOD_ROLLING),
        /** JSON Lines with the key {@code text}; the last word is the continuation. */
        LAMBADA(OutputType.LOGLIKELIHOOD),
        /** Records with named fields, for tasks with a template. */
        JSON_LINES(RecordFormat.JSON_LINES),
        JSON_ARRAY(RecordFormat.JSON_ARRAY),
        CSV(RecordFormat.CSV),
        TSV(RecordFormat.TSV),
        TSV_UNQUOTED(RecordFormat.TSV_UNQUOTED),
        TEXT_LINES(RecordFormat.TEXT_LINES),
        DART(RecordFormat.DART),
        SPIDER(RecordFormat.SPIDER);

        private final List<OutputType> outputTypes;
        private final RecordFormat records;

        DocFormat(OutputType outputType) {
            this.outputTypes = List.of(outputType);
            this.records = null;
        }

        DocFormat(RecordFormat records) {
            this.outputTypes = List.of(OutputType.LABEL, OutputType.GENERATE_UNTIL);
            this.records = records;
        }

        /** The kinds of questions that can be asked. */
        List<OutputType> outputTypes() {
            return outputTypes;
        }

        /** How records are read; null for a format that says itself what is asked. */
        public RecordFormat records() {
            return records;
        }
    }
}
