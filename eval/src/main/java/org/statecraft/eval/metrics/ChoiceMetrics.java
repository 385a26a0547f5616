package org.statecraft.eval.metrics;

import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.statecraft.eval.metrics.Aggregation.OfLabels;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.eval.metrics.Metric.Form;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.Response;
import org.statecraft.eval.tasks.Document;

/** Which of several continuations is the likeliest; of equally likely ones the first ({@code methods/evaluation.md}, 3). */
final class ChoiceMetrics {
    static final String MUTUAL_INFORMATION = "acc_mutual_info";

    static final Map<String, Metrics.Maker> ALL = Metrics.byName(
            accuracy("acc", ChoiceMetrics::likelihoods),
            // by code points, whatever texts about this metric say of bytes
            accuracy(
                    "acc_norm",
                    (document, answers) -> perUnit(document, answers, c -> c.codePointCount(0, c.length()))),
            accuracy("acc_bytes", (document, answers) -> perUnit(document, answers, LikelihoodMetrics::bytes)),
            accuracy(MUTUAL_INFORMATION, ChoiceMetrics::mutualInformation),
            new Metric("mcc", true, OfLabels.MATTHEWS_CORRCOEF, ChoiceMetrics::labels, Form.LABELS),
            new Metric("f1", true, OfLabels.F1, ChoiceMetrics::labels, Form.LABELS),
            new Metric("exact_match", true, OfMean.MEAN, ChoiceMetrics::greedy, Form.NUMBER),
            new Metric("brier_score", false, OfMean.MEAN, ChoiceMetrics::brier, Form.NUMBER));

    private ChoiceMetrics() {}

    /** A score of each choice. */
    private interface Scores {
        double[] of(Document document, List<? extends Response> answers);
    }

    private static Metric accuracy(String key, Scores scores) {
        return new Metric(
                key,
                true,
                OfMean.MEAN,
                (document, answers) ->
                        new Observation(document.gold().contains(best(scores.of(document, answers))) ? 1 : 0),
                Form.NUMBER);
    }

    private static double[] likelihoods(Document document, List<? extends Response> answers) {
        return answers.stream()
                .limit(document.choices().size())
                .mapToDouble(Response::sum)
                .toArray();
    }

    private static double[] perUnit(
            Document document, List<? extends Response> answers, ToDoubleFunction<String> units) {
        double[] scores = likelihoods(document, answers);
        for (int i = 0; i < scores.length; i++) {
            scores[i] /= units.applyAsDouble(document.choices().get(i));
        }
        return scores;
    }

    /** Likelihoods against those without a question, which follow behind them. */
    private static double[] mutualInformation(Document document, List<? extends Response> answers) {
        double[] scores = likelihoods(document, answers);
        for (int i = 0; i < scores.length; i++) {
            scores[i] -= answers.get(scores.length + i).sum();
        }
        return scores;
    }

    private static int best(double[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    private static Observation labels(Document document, List<? extends Response> answers) {
        return Observation.ofLabel(
                best(likelihoods(document, answers)), document.gold().get(0));
    }

    private static Observation greedy(Document document, List<? extends Response> answers) {
        boolean greedy = document.gold().stream().anyMatch(place -> ((LogLikelihood) answers.get(place)).greedy());
        return new Observation(greedy ? 1 : 0);
    }

    /** Squared distance of the probabilities among the choices from the right answer, summed over the choices. */
    private static Observation brier(Document document, List<? extends Response> answers) {
        double[] scores = likelihoods(document, answers);
        double largest = scores[best(scores)];
        double[] weights = IntStream.range(0, scores.length)
                .mapToDouble(i -> StrictMath.exp(scores[i] - largest))
                .toArray();
        double total = Statistics.sum(weights);
        int right = document.gold().get(0);
        double score = 0;
        for (int i = 0; i < weights.length; i++) {
            double difference = weights[i] / total - (i == right ? 1 : 0);
            score += difference * difference;
        }
        return new Observation(score);
    }
}
