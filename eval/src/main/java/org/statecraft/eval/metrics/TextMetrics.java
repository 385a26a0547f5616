package org.statecraft.eval.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;
import java.util.regex.Pattern;
import org.statecraft.eval.metrics.Aggregation.OfCounts;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.eval.metrics.Metric.Form;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.eval.text.Bleu;
import org.statecraft.eval.text.BleuOptions;
import org.statecraft.eval.text.ChrF;
import org.statecraft.eval.text.ExactMatch;
import org.statecraft.eval.text.Meteor;
import org.statecraft.eval.text.Rouge;
import org.statecraft.eval.text.SquadAnswer;
import org.statecraft.eval.text.Ter;

/** Written texts against their references ({@code docs/text-metrics.md}). */
final class TextMetrics {
    private static final String STEMMER = "use_stemmer";

    /** Options by metric. */
    static final Map<String, List<String>> OPTIONS = options();

    static final Map<String, Metrics.Maker> ALL = all();

    private TextMetrics() {}

    private static Map<String, List<String>> options() {
        Map<String, List<String>> options = new LinkedHashMap<>();
        options.put("exact_match", List.of("ignore_case", "ignore_punctuation", "ignore_numbers", "regexes_to_ignore"));
        for (String rouge : List.of("rouge1", "rouge2", "rougeL", "rougeLsum")) {
            options.put(rouge, List.of(STEMMER));
        }
        options.putAll(SpiderMetrics.OPTIONS);
        return options;
    }

    private static Map<String, Metrics.Maker> all() {
        Map<String, Metrics.Maker> all = new LinkedHashMap<>();
        all.put("exact_match", (options, files) -> {
            ExactMatch.Ignored ignored = ignored(options);
            return mean("exact_match", true, (text, references) -> ExactMatch.score(text, references, ignored));
        });
        all.put("bleu", (options, files) -> bleu("bleu", BleuOptions.SACREBLEU));
        all.put("bleu_hf", (options, files) -> bleu("bleu_hf", BleuOptions.HUGGING_FACE));
        all.put("bleu_multi", (options, files) -> bleu("bleu_multi", BleuOptions.MULTI_BLEU));
        all.put("chrf", (options, files) -> chrf("chrf", ChrF.CHRF));
        all.put("chrf_plus_plus", (options, files) -> chrf("chrf_plus_plus", ChrF.CHRF_PLUS_PLUS));
        all.put(
                "ter",
                (options, files) -> counts(
                        "ter",
                        false,
                        new OfCounts("ter", Ter::score),
                        (text, references) -> Ter.statistics(text, references)));
        all.put("rouge1", (options, files) -> rouge("rouge1", Rouge.ROUGE1, options));
        all.put("rouge2", (options, files) -> rouge("rouge2", Rouge.ROUGE2, options));
        all.put("rougeL", (options, files) -> rouge("rougeL", Rouge.ROUGE_L, options));
        all.put("rougeLsum", (options, files) -> rouge("rougeLsum", Rouge.ROUGE_LSUM, options));
        all.put("meteor", (options, files) -> mean("meteor", true, Meteor::score));
        all.put("em", (options, files) -> mean("em", true, SquadAnswer::exactMatch));
        all.put("f1", (options, files) -> mean("f1", true, SquadAnswer::f1));
        SpiderMetrics.addTo(all);
        return Collections.unmodifiableMap(all);
    }

    /** What a text adds to the counts of all texts. */
    private interface Counts {
        double[] of(String text, List<String> references);
    }

    private static Metric bleu(String key, BleuOptions how) {
        return counts(
                key,
                true,
                new OfCounts("bleu", sum -> Bleu.score(sum, how)),
                (text, references) -> Bleu.statistics(text, references, how));
    }

    private static Metric chrf(String key, ChrF how) {
        return counts(key, true, new OfCounts("chrf", how::score), how::statistics);
    }

    private static Metric rouge(String key, Rouge rouge, Map<String, Object> options) {
        Rouge.Stemming stemming =
                Boolean.TRUE.equals(options.get(STEMMER)) ? Rouge.Stemming.PORTER : Rouge.Stemming.NONE;
        return mean(key, true, (text, references) -> rouge.score(text, references, stemming)
                .f());
    }

    private static Metric counts(String key, boolean higherIsBetter, Aggregation aggregation, Counts counts) {
        return new Metric(
                key,
                higherIsBetter,
                aggregation,
                (document, answers) -> new Observation(counts.of(text(answers), document.targets())),
                Form.COUNTS);
    }

    private static Metric mean(String key, boolean higherIsBetter, ToDoubleBiFunction<String, List<String>> score) {
        return new Metric(
                key,
                higherIsBetter,
                OfMean.MEAN,
                (document, answers) -> new Observation(score.applyAsDouble(text(answers), document.targets())),
                Form.NUMBER);
    }

    private static String text(List<? extends Response> answers) {
        return ((WrittenAnswer) answers.get(0)).generation().text();
    }

    private static ExactMatch.Ignored ignored(Map<String, Object> options) {
        List<Pattern> regexes = new ArrayList<>();
        Object given = options.get("regexes_to_ignore");
        for (Object regex : given instanceof List<?> list ? list : given == null ? List.of() : List.of(given)) {
            regexes.add(Pattern.compile(String.valueOf(regex)));
        }
        return new ExactMatch.Ignored(
                regexes,
                Boolean.TRUE.equals(options.get("ignore_case")),
                Boolean.TRUE.equals(options.get("ignore_punctuation")),
                Boolean.TRUE.equals(options.get("ignore_numbers")));
    }
}
