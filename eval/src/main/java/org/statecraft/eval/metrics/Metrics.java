package org.statecraft.eval.metrics;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.scoring.Windows;
import org.statecraft.eval.tasks.OutputType;
import org.statecraft.eval.tasks.TaskConfig;
import org.statecraft.eval.tasks.TaskConfig.MetricEntry;

/** The metrics that there are, by kind of question, with the harness's names and definitions ({@code docs/evaluation.md}). */
public final class Metrics {
    private Metrics() {}

    /** Finds the files that options of metrics name. */
    @FunctionalInterface
    public interface Files {
        Path find(String given);
    }

    /** Makes a metric of the options of its line. */
    interface Maker {
        Metric make(Map<String, Object> options, Files files);
    }

    /** Metrics by name, in the order in which messages list them. */
    private static Map<String, Maker> known(OutputType outputType, boolean choices) {
        return switch (outputType) {
            case LOGLIKELIHOOD -> LikelihoodMetrics.OF_CONTINUATIONS;
            case LOGLIKELIHOOD_ROLLING -> LikelihoodMetrics.OF_TEXTS;
            case MULTIPLE_CHOICE -> ChoiceMetrics.ALL;
            case GENERATE_UNTIL -> choices ? LabelMetrics.ALL : TextMetrics.ALL;
        };
    }

    /**
     * The names of the metrics of a kind of question.
     *
     * @param choices whether a written text should be one of some labels
     */
    public static List<String> names(OutputType outputType, boolean choices) {
        return List.copyOf(known(outputType, choices).keySet());
    }

    /** What is reported where a task says nothing. */
    public static List<String> defaults(OutputType outputType, boolean choices) {
        return switch (outputType) {
            case LOGLIKELIHOOD -> List.of("perplexity", "acc");
            case LOGLIKELIHOOD_ROLLING -> List.of("word_perplexity", "byte_perplexity", "bits_per_byte");
            case MULTIPLE_CHOICE -> List.of("acc", "acc_norm");
            case GENERATE_UNTIL -> choices ? List.of("acc", "acc_in_class", "out_of_class") : List.of("exact_match");
        };
    }

    /** The options of a metric. */
    public static List<String> options(String name) {
        return TextMetrics.OPTIONS.getOrDefault(name, List.of());
    }

    /** The options of a metric that name a file or folder, each of which it needs. */
    public static List<String> fileOptions(String name) {
        return options(name).stream()
                .filter(option -> option.equals(SpiderMetrics.TABLES) || option.equals(SpiderMetrics.DATABASES))
                .toList();
    }

    /** The metrics of a task, in its order. */
    public static List<Metric> of(TaskConfig config, Files files) {
        Map<String, Maker> known = known(config.outputType(), config.docToChoice() != null);
        List<Metric> metrics = new ArrayList<>();
        for (MetricEntry entry : config.metrics()) {
            metrics.add(known.get(entry.name()).make(entry.options(), files));
        }
        return metrics;
    }

    /** A metric without options, by its name. */
    public static Metric named(OutputType outputType, String name) {
        return known(outputType, false).get(name).make(Map.of(), given -> Path.of(given));
    }

    /** Whether a task also asks how likely each choice is by itself. */
    public static boolean needsUnconditional(TaskConfig config) {
        return config.metrics().stream().anyMatch(entry -> entry.name().equals(ChoiceMetrics.MUTUAL_INFORMATION));
    }

    /** How the texts of a task are cut, which its metrics decide. */
    public static Windows windows(TaskConfig config) {
        return config.metrics().stream().anyMatch(entry -> needsDisjointWindows(entry.name()))
                ? Windows.DISJOINT
                : Windows.OVERLAPPING;
    }

    /** Whether a metric is of other windows than all the rest, and so cannot stand beside them. */
    public static boolean needsDisjointWindows(String name) {
        return name.equals(LikelihoodMetrics.DISJOINT_WINDOWS);
    }

    /** Entries in the order in which they are given. */
    static Map<String, Maker> byName(Metric... metrics) {
        Map<String, Maker> byName = new LinkedHashMap<>();
        for (Metric metric : metrics) {
            byName.put(metric.key(), (options, files) -> metric);
        }
        return Collections.unmodifiableMap(byName);
    }
}
