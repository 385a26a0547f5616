package org.statecraft.eval.text;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * ROUGE (Lin, 2004) as rouge_score 0.1.2 computes it, which is what huggingface/evaluate and the harness report.
 *
 * <p>Words are the runs of a-z and 0-9 in the text in lower case. Precision is what both texts share over what the prediction has, recall
 * over what the reference has, F their harmonic mean 2PR / (P + R). What is shared differs. A corpus scores the mean over
 * its documents.
 */
public enum Rouge {
    /** Words. */
    ROUGE1 {
        @Override
        Score compare(String prediction, String reference, Stemming stemming) {
            return ofNGrams(words(prediction, stemming), words(reference, stemming), 1);
        }
    },
    /** Pairs of neighbouring words. */
    ROUGE2 {
        @Override
        Score compare(String prediction, String reference, Stemming stemming) {
            return ofNGrams(words(prediction, stemming), words(reference, stemming), 2);
        }
    },
    /** The longest common subsequence of words. */
    ROUGE_L {
        @Override
        Score compare(String prediction, String reference, Stemming stemming) {
            List<String> some = words(prediction, stemming);
            List<String> others = words(reference, stemming);
            int[][] table = subsequences(others, some);
            return Score.of(table[others.size()][some.size()], some.size(), others.size());
        }
    },
    /** For each line of the reference, the union of its longest common subsequences with the lines of the prediction. */
    ROUGE_LSUM {
        @Override
        Score compare(String prediction, String reference, Stemming stemming) {
            return ofLines(lines(prediction, stemming), lines(reference, stemming));
        }
    };

    private static final Pattern OUTSIDE = Pattern.compile("[^a-z0-9]+");

    /** Whether words are reduced to their stems; published tables often do, the usual defaults do not. */
    public enum Stemming {
        NONE,
        /** Words of more than three characters, with NLTK's {@link PorterStemmer}. */
        PORTER
    }

    /** From 0 to 1 each. */
    public record Score(double precision, double recall, double f) {
        static Score of(int shared, int prediction, int reference) {
            double precision = (double) shared / Math.max(1, prediction);
            double recall = (double) shared / Math.max(1, reference);
            return new Score(precision, recall, shared == 0 ? 0 : 2 * precision * recall / (precision + recall));
        }
    }

    /** The score against the reference that gives the best F, the first of equal ones. */
    public Score score(String prediction, List<String> references, Stemming stemming) {
        Score best = null;
        for (String reference : References.present(references)) {
            Score score = compare(prediction, reference, stemming);
            best = best == null || score.f > best.f ? score : best;
        }
        return best;
    }

    abstract Score compare(String prediction, String reference, Stemming stemming);

    static List<String> words(String text, Stemming stemming) {
        return Arrays.stream(OUTSIDE.split(text.toLowerCase(Locale.ROOT)))
                .filter(word -> !word.isEmpty())
                .map(word -> stemming == Stemming.PORTER && word.length() > 3 ? PorterStemmer.stem(word) : word)
                .toList();
    }

    private static List<List<String>> lines(String text, Stemming stemming) {
        return Arrays.stream(text.split("\n"))
                .map(line -> words(line, stemming))
                .toList();
    }

    private static Score ofNGrams(List<String> prediction, List<String> reference, int order) {
        return Score.of(
                NGrams.shared(NGrams.ofWords(prediction, order), NGrams.ofWords(reference, order)),
                NGrams.total(prediction.size(), order),
                NGrams.total(reference.size(), order));
    }

    /** No word is counted more often than the prediction and the reference have it. */
    private static Score ofLines(List<List<String>> prediction, List<List<String>> reference) {
        Map<String, Integer> left = new HashMap<>();
        prediction.forEach(line -> line.forEach(word -> left.merge(word, 1, Integer::sum)));
        int shared = 0;
        for (List<String> line : reference) {
            BitSet union = new BitSet();
            prediction.forEach(other -> markSubsequence(line, other, union));
            for (int i : union.stream().toArray()) {
                int remaining = left.getOrDefault(line.get(i), 0);
                left.put(line.get(i), Math.max(0, remaining - 1));
                shared += remaining > 0 ? 1 : 0;
            }
        }
        return Score.of(shared, size(prediction), size(reference));
    }

    private static int size(List<List<String>> lines) {
        return lines.stream().mapToInt(List::size).sum();
    }

    /** Marks the words of a line that are in one longest common subsequence with another. Which one, is part of the definition. */
    private static void markSubsequence(List<String> line, List<String> other, BitSet marks) {
        int[][] table = subsequences(line, other);
        int i = line.size();
        int j = other.size();
        while (i > 0 && j > 0) {
            if (line.get(i - 1).equals(other.get(j - 1))) {
                marks.set(i - 1);
                i--;
                j--;
            } else if (table[i][j - 1] > table[i - 1][j]) {
                j--;
            } else {
                i--;
            }
        }
    }

    /** Lengths of the longest common subsequences of all beginnings. */
    private static int[][] subsequences(List<String> rows, List<String> columns) {
        int[][] table = new int[rows.size() + 1][columns.size() + 1];
        for (int i = 1; i < table.length; i++) {
            for (int j = 1; j < table[i].length; j++) {
                table[i][j] = rows.get(i - 1).equals(columns.get(j - 1))
                        ? table[i - 1][j - 1] + 1
                        : Math.max(table[i - 1][j], table[i][j - 1]);
            }
        }
        return table;
    }
}
