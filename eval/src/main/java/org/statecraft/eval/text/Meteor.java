package org.statecraft.eval.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * METEOR as NLTK 3.10 computes it (Lavie and Agarwal, 2007), which is the metric of huggingface/evaluate. It is not METEOR 1.5.
 *
 * <p>Words of the prediction and of the reference are paired: equal ones first, then those of equal stem, then synonyms. With m pairs that
 * form c runs of neighbours in both texts, P = m / words of the prediction and R = m / words of the reference:
 *
 * <pre>METEOR = (1 - 0.5 (c / m)³) · P R / (0.9 P + 0.1 R)</pre>
 *
 * <p>Both texts are in lower case and cut by {@link NltkTokenizer}. Of several references the best counts. Equal texts score below 1, since
 * they too are one run. A corpus scores the mean over its documents.
 */
public final class Meteor {
    private static final double ALPHA = 0.9;
    private static final double BETA = 3;
    private static final double GAMMA = 0.5;

    private Meteor() {}

    /** Which words count as synonyms. */
    public enum Synonyms {
        /** None; only equal words and stems are paired. */
        NONE {
            @Override
            int[] sets(String word) {
                return new int[0];
            }
        },
        /** Words of one synonym set of WordNet 3.0. */
        WORDS {
            @Override
            int[] sets(String word) {
                return WordNet.get().sets(word);
            }
        },
        /** The same, and the word of the prediction may be a form of such a word. The nearest to NLTK, which has all of WordNet. */
        BASE_FORMS {
            @Override
            int[] sets(String word) {
                return WordNet.get().setsOfBaseForms(word);
            }
        };

        /** Sorted numbers of the synonym sets of a word of the prediction. */
        abstract int[] sets(String word);
    }

    /** The score, from 0 to 1, with {@link Synonyms#BASE_FORMS}. */
    public static double score(String prediction, List<String> references) {
        return score(prediction, references, Synonyms.BASE_FORMS);
    }

    /** The score, from 0 to 1. */
    public static double score(String prediction, List<String> references, Synonyms synonyms) {
        List<String> words = NltkTokenizer.split(prediction);
        return References.present(references).stream()
                .mapToDouble(reference -> score(words, NltkTokenizer.split(reference), synonyms))
                .max()
                .orElseThrow();
    }

    /** The score of one list of words against another. */
    static double score(List<String> prediction, List<String> reference, Synonyms synonyms) {
        List<Pair> pairs = pairs(lowerCase(prediction), lowerCase(reference), synonyms);
        if (pairs.isEmpty()) {
            return 0;
        }
        double precision = (double) pairs.size() / prediction.size();
        double recall = (double) pairs.size() / reference.size();
        double mean = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall);
        double fragmentation = (double) runs(pairs) / pairs.size();
        return (1 - GAMMA * Math.pow(fragmentation, BETA)) * mean;
    }

    /** Every pass takes the words that are still single, from the last of the prediction, each with the last of the reference that fits. */
    private static List<Pair> pairs(String[] prediction, String[] reference, Synonyms synonyms) {
        List<Pair> pairs = new ArrayList<>();
        match(prediction, reference, (i, j) -> prediction[i].equals(reference[j]), pairs);
        stem(prediction);
        stem(reference);
        match(prediction, reference, (i, j) -> prediction[i].equals(reference[j]), pairs);
        int[][] sets = sets(prediction, synonyms::sets);
        int[][] others = sets(reference, synonyms == Synonyms.NONE ? synonyms::sets : Meteor::setsOfLemma);
        match(prediction, reference, (i, j) -> meet(sets[i], others[j]), pairs);
        pairs.sort(Comparator.comparingInt(Pair::prediction));
        return pairs;
    }

    private static void match(String[] prediction, String[] reference, Test test, List<Pair> pairs) {
        for (int i = prediction.length - 1; i >= 0; i--) {
            for (int j = reference.length - 1; j >= 0 && prediction[i] != null; j--) {
                if (reference[j] != null && test.fits(i, j)) {
                    pairs.add(new Pair(i, j));
                    prediction[i] = null;
                    reference[j] = null;
                }
            }
        }
    }

    /** A word of the reference counts only as it stands, and WordNet's terms of several words never do. */
    private static int[] setsOfLemma(String word) {
        return word.indexOf('_') < 0 ? WordNet.get().sets(word) : new int[0];
    }

    private static int[][] sets(String[] words, Function<String, int[]> sets) {
        return Arrays.stream(words)
                .map(word -> word == null ? new int[0] : sets.apply(word))
                .toArray(int[][]::new);
    }

    /** Whether two sorted lists have a number in common. */
    private static boolean meet(int[] some, int[] others) {
        for (int i = 0, j = 0; i < some.length && j < others.length; ) {
            if (some[i] == others[j]) {
                return true;
            }
            if (some[i] < others[j]) {
                i++;
            } else {
                j++;
            }
        }
        return false;
    }

    private static int runs(List<Pair> pairs) {
        int runs = 1;
        for (int k = 1; k < pairs.size(); k++) {
            boolean neighbours = pairs.get(k).prediction == pairs.get(k - 1).prediction + 1
                    && pairs.get(k).reference == pairs.get(k - 1).reference + 1;
            runs += neighbours ? 0 : 1;
        }
        return runs;
    }

    private static String[] lowerCase(List<String> words) {
        return words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toArray(String[]::new);
    }

    private static void stem(String[] words) {
        Arrays.setAll(words, i -> words[i] == null ? null : PorterStemmer.stem(words[i]));
    }

    private record Pair(int prediction, int reference) {}

    private interface Test {
        boolean fits(int prediction, int reference);
    }
}
