package org.statecraft.eval.text;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * BLEU (Papineni et al., 2002) as sacrebleu 2.6.0 computes it, with two further readings among the {@link BleuOptions}.
 *
 * <p>With c_n of t_n n-grams of the predictions found in a reference (each at most as often as in the reference that has most of it), p_n =
 * c_n / t_n, c the length of all predictions and r that of the references:
 *
 * <pre>BLEU = min(1, exp(1 - r / c)) · exp((ln p_1 + ln p_2 + ln p_3 + ln p_4) / 4)</pre>
 *
 * <p>Counts and lengths are summed over documents first, so the score of a corpus is no mean. {@link #statistics} gives the addends of one
 * document and {@link #score(double[], BleuOptions)} the score of a sum. A null reference is one that is missing; an empty one has length 0
 * and may be the closest.
 */
public final class Bleu {
    /** Length of the statistics: matches of orders 1 to 4, n-grams of orders 1 to 4, length of the prediction, length of the reference. */
    public static final int STATISTICS = 10;

    private static final int ORDERS = 4;
    private static final int PREDICTION_LENGTH = 2 * ORDERS;
    private static final int REFERENCE_LENGTH = 2 * ORDERS + 1;

    private Bleu() {}

    /** What one document adds to the corpus: {@value #STATISTICS} whole numbers. */
    public static double[] statistics(String prediction, List<String> references, BleuOptions options) {
        List<String> words = tokens(prediction, options);
        List<List<String>> others = References.present(references).stream()
                .map(reference -> tokens(reference, options))
                .toList();
        double[] statistics = new double[STATISTICS];
        for (int order = 1; order <= ORDERS; order++) {
            Map<String, Integer> most = new HashMap<>();
            for (List<String> other : others) {
                NGrams.ofWords(other, order).forEach((gram, count) -> most.merge(gram, count, Math::max));
            }
            statistics[order - 1] = NGrams.shared(NGrams.ofWords(words, order), most);
            statistics[ORDERS + order - 1] = NGrams.total(words.size(), order);
        }
        statistics[PREDICTION_LENGTH] = words.size();
        statistics[REFERENCE_LENGTH] = referenceLength(words.size(), others, options.referenceLength());
        return statistics;
    }

    /** The score of the sum of the statistics of any documents. */
    public static double score(double[] sum, BleuOptions options) {
        double[] precisions = precisions(sum, options);
        int orders = ORDERS;
        if (options.effectiveOrder()) {
            while (orders > 1 && total(sum, orders, options) == 0) {
                orders--;
            }
        }
        double logarithms = 0;
        for (int n = 0; n < orders; n++) {
            logarithms += Math.log(precisions[n]); // of 0 it is minus infinity, and the score 0
        }
        return options.scale() * brevityPenalty(sum) * Math.exp(logarithms / orders);
    }

    /** The smoothed precisions of orders 1 to 4, from 0 to 1; all 0 if not even a word matches. */
    public static double[] precisions(double[] sum, BleuOptions options) {
        double[] precisions = new double[ORDERS];
        if (sum[0] == 0) {
            return precisions;
        }
        double halves = 1;
        for (int order = 1; order <= ORDERS; order++) {
            double total = total(sum, order, options);
            double matches = sum[order - 1] + added(order, options);
            if (total > 0 && matches == 0) {
                halves /= 2;
                matches = switch (options.smoothing()) {
                    case EXP -> halves;
                    case FLOOR -> 0.1;
                    case ADD_K, NONE -> 0;
                };
            }
            precisions[order - 1] = total == 0 ? 0 : matches / total;
        }
        return precisions;
    }

    /** What a corpus shorter than its references is multiplied by. */
    public static double brevityPenalty(double[] sum) {
        double length = sum[PREDICTION_LENGTH];
        double wanted = sum[REFERENCE_LENGTH];
        if (length >= wanted) {
            return 1;
        }
        return length == 0 ? 0 : Math.exp(1 - wanted / length);
    }

    /** The score of a corpus; {@code references} has one list for each prediction. */
    public static double corpus(List<String> predictions, List<List<String>> references, BleuOptions options) {
        double[] sum = References.sum(
                predictions, references, STATISTICS, (text, others) -> statistics(text, others, options));
        return score(sum, options);
    }

    /** The score of one text, with {@link BleuOptions#SACREBLEU_SENTENCE}. */
    public static double sentence(String prediction, List<String> references) {
        return score(
                statistics(prediction, references, BleuOptions.SACREBLEU_SENTENCE), BleuOptions.SACREBLEU_SENTENCE);
    }

    /** sacrebleu's one-line description of how a score came about, to be printed beside it. */
    public static String signature(List<List<String>> references, BleuOptions options) {
        return String.join(
                "|",
                References.count(references),
                options.lowercase() ? "case:lc" : "case:mixed",
                options.effectiveOrder() ? "eff:yes" : "eff:no",
                "tok:" + options.tokenizer().signature(),
                "smooth:" + options.smoothing().signature(),
                "version:" + References.SACREBLEU);
    }

    private static double total(double[] sum, int order, BleuOptions options) {
        return sum[ORDERS + order - 1] + added(order, options);
    }

    private static int added(int order, BleuOptions options) {
        return order > 1 && options.smoothing() == BleuOptions.Smoothing.ADD_K ? 1 : 0;
    }

    private static List<String> tokens(String text, BleuOptions options) {
        String line = options.lowercase() ? text.toLowerCase(Locale.ROOT) : text;
        return switch (options.tokenizer()) {
            case T13A -> Words.split13a(Words.stripEnd(line));
            case NONE -> Words.split(line);
        };
    }

    private static int referenceLength(int length, List<List<String>> references, BleuOptions.ReferenceLength which) {
        int best = references.get(0).size();
        for (List<String> reference : references) {
            int other = reference.size();
            int gain = Math.abs(best - length) - Math.abs(other - length);
            boolean closer = gain > 0 || (gain == 0 && other < best);
            boolean better =
                    switch (which) {
                        case CLOSEST -> closer;
                        case SHORTEST -> other < best;
                    };
            best = better ? other : best;
        }
        return best;
    }
}
