package org.statecraft.eval.tasks;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.statecraft.eval.scoring.GenerationSettings;

/**
 * A task as its file defines it, in the keys of lm-evaluation-harness ({@code docs/tasks.md}).
 *
 * @param name as results list it
 * @param datasetPath how data files are read ({@code json}, {@code csv} ...), or the name of a dataset of the hub
 * @param datasetName a part of that dataset, or null
 * @param datasetOptions the other keys of {@code dataset_kwargs}
 * @param dataFiles paths by split, as given; empty where the dataset is one of the hub
 * @param splits which data the task uses
 * @param processDocs changes every document first, or null
 * @param docToText the question
 * @param docToTarget the answer: a text, a place among the choices or a list of either
 * @param docToChoice the choices, or null
 * @param results which text of a document its words and bytes are counted in; null for the target
 * @param outputType what is asked
 * @param description stands before everything else
 * @param prefix the beginning of every prompt that is made into tokens by itself; empty for none
 * @param targetDelimiter between question and answer
 * @param fewShot examples before the question
 * @param metrics what is reported
 * @param generation how texts are written; null unless the task asks for texts
 * @param version as results record it; scores of different versions must not be compared
 */
public record TaskConfig(
        String name,
        String datasetPath,
        String datasetName,
        Map<String, Object> datasetOptions,
        Map<String, List<String>> dataFiles,
        Splits splits,
        BuiltIn processDocs,
        DocField docToText,
        DocField docToTarget,
        DocField docToChoice,
        BuiltIn results,
        OutputType outputType,
        String description,
        String prefix,
        String targetDelimiter,
        FewShot fewShot,
        List<MetricEntry> metrics,
        GenerationSettings generation,
        Object version) {

    /** Names of splits; null where a task has none. */
    public record Splits(String training, String validation, String test, String fewShot) {
        /** The one that is scored. */
        public String scored() {
            return test == null ? validation : test;
        }

        /** The one that examples come from. */
        public String examples() {
            if (fewShot != null) {
                return fewShot;
            }
            return training != null ? training : validation != null ? validation : test;
        }

        /** Whether an example can be the document itself: only then is one more drawn. */
        boolean examplesAreScored() {
            return Objects.equals(fewShot, test);
        }
    }

    /**
     * Examples before a question.
     *
     * @param count how many
     * @param delimiter between two of them
     * @param firstOnes the first documents rather than drawn ones
     */
    public record FewShot(int count, String delimiter, boolean firstOnes) {}

    /**
     * One line of {@code metric_list}.
     *
     * @param options of the metric itself, such as {@code ignore_case}
     */
    public record MetricEntry(String name, Map<String, Object> options) {}

    /** The same with so many examples before each question. */
    public TaskConfig withFewShot(int count) {
        return with(new FewShot(count, fewShot.delimiter(), fewShot.firstOnes()), generation);
    }

    /** The same with at most so many new tokens for each text. */
    public TaskConfig withMaxTokens(int tokens) {
        return generation == null ? this : with(fewShot, generation.atMost(tokens));
    }

    private TaskConfig with(FewShot examples, GenerationSettings texts) {
        return new TaskConfig(
                name,
                datasetPath,
                datasetName,
                datasetOptions,
                dataFiles,
                splits,
                processDocs,
                docToText,
                docToTarget,
                docToChoice,
                results,
                outputType,
                description,
                prefix,
                targetDelimiter,
                examples,
                metrics,
                texts,
                version);
    }

    /** The splits whose documents are needed. */
    public List<String> neededSplits() {
        String examples = splits.examples();
        return fewShot.count() > 0 && !examples.equals(splits.scored())
                ? List.of(splits.scored(), examples)
                : List.of(splits.scored());
    }

    /** A version as results name it: numbers as the harness writes them. */
    public String versionText() {
        return version instanceof Number number ? Double.toString(number.doubleValue()) : String.valueOf(version);
    }
}
