package org.statecraft.eval.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.python.PythonWhitespace;

/**
 * chrF and chrF++ (Popović, 2015 and 2017) as sacrebleu 2.6.0 computes them by default.
 *
 * <p>With P the mean precision and R the mean recall over the orders of n-grams that both texts have, recall counting twice as much:
 *
 * <pre>chrF = 100 · 5 P R / (4 P + R)</pre>
 *
 * <p>The n-grams are those of up to 6 characters, whitespace left out, and for chrF++ also those of up to 2 words. Counts are summed over
 * documents first. Of several references the one counts that gives the document the best score.
 */
public enum ChrF {
    CHRF(0),
    CHRF_PLUS_PLUS(2);

    private static final int CHARACTERS = 6;
    private static final double RECALL_WEIGHT = 4;
    private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    private final int words;

    ChrF(int words) {
        this.words = words;
    }

    /** Length of the statistics: for each order the n-grams of the prediction, of the reference and of both. */
    public int statisticsLength() {
        return 3 * (CHARACTERS + words);
    }

    /** What one document adds to the corpus. */
    public double[] statistics(String prediction, List<String> references) {
        List<Map<String, Integer>> grams = grams(prediction);
        double[] best = null;
        double bestScore = -1;
        for (String reference : References.present(references)) {
            double[] statistics = compare(grams, grams(reference));
            double score = score(statistics);
            if (score > bestScore) {
                best = statistics;
                bestScore = score;
            }
        }
        return best;
    }

    /** The score, from 0 to 100, of the sum of the statistics of any documents. */
    public double score(double[] sum) {
        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int i = 0; i < sum.length; i += 3) {
            if (sum[i] > 0 && sum[i + 1] > 0) {
                precision += sum[i + 2] / sum[i];
                recall += sum[i + 2] / sum[i + 1];
                orders++;
            }
        }
        if (precision + recall == 0) {
            return 0;
        }
        precision /= orders;
        recall /= orders;
        return 100 * (1 + RECALL_WEIGHT) * precision * recall / (RECALL_WEIGHT * precision + recall);
    }

    /** The score of a corpus; {@code references} has one list for each prediction. */
    public double corpus(List<String> predictions, List<List<String>> references) {
        return score(References.sum(predictions, references, statisticsLength(), this::statistics));
    }

    /** The score of one text. */
    public double sentence(String prediction, List<String> references) {
        return score(statistics(prediction, references));
    }

    /** sacrebleu's one-line description of how a score came about, to be printed beside it. */
    public String signature(List<List<String>> references) {
        return References.count(references) + "|case:mixed|eff:yes|nc:" + CHARACTERS + "|nw:" + words
                + "|space:no|version:" + References.SACREBLEU;
    }

    /** An order that the reference is too short for does not count against the prediction, hence 0 n-grams of it. */
    private static double[] compare(List<Map<String, Integer>> prediction, List<Map<String, Integer>> reference) {
        double[] statistics = new double[3 * prediction.size()];
        for (int i = 0; i < prediction.size(); i++) {
            Map<String, Integer> wanted = reference.get(i);
            statistics[3 * i] = wanted.isEmpty() ? 0 : size(prediction.get(i));
            statistics[3 * i + 1] = size(wanted);
            statistics[3 * i + 2] = NGrams.shared(prediction.get(i), wanted);
        }
        return statistics;
    }

    private List<Map<String, Integer>> grams(String text) {
        List<Map<String, Integer>> grams = new ArrayList<>();
        int[] characters = text.codePoints()
                .filter(c -> c > 0xffff || !PythonWhitespace.is((char) c))
                .toArray();
        for (int order = 1; order <= CHARACTERS; order++) {
            grams.add(NGrams.ofCharacters(characters, order));
        }
        List<String> parts = words == 0 ? List.of() : partsOfWords(text);
        for (int order = 1; order <= words; order++) {
            grams.add(NGrams.ofWords(parts, order));
        }
        return grams;
    }

    /** Words with one symbol cut off: the last character if it is one, or else the first. */
    private static List<String> partsOfWords(String text) {
        List<String> parts = new ArrayList<>();
        for (String word : Words.split(text)) {
            int last = word.length() - 1;
            if (last > 0 && PUNCTUATION.indexOf(word.charAt(last)) >= 0) {
                parts.add(word.substring(0, last));
                parts.add(word.substring(last));
            } else if (last > 0 && PUNCTUATION.indexOf(word.charAt(0)) >= 0) {
                parts.add(word.substring(0, 1));
                parts.add(word.substring(1));
            } else {
                parts.add(word);
            }
        }
        return parts;
    }

    private static int size(Map<String, Integer> grams) {
        return grams.values().stream().mapToInt(Integer::intValue).sum();
    }
}
