package org.statecraft.eval.text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Multisets of n-grams and what two of them share. */
final class NGrams {
    private NGrams() {}

    /** Runs of {@code order} words. A blank joins them, since no word holds one. */
    static Map<String, Integer> ofWords(List<String> words, int order) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i + order <= words.size(); i++) {
            String gram = order == 1 ? words.get(i) : String.join(" ", words.subList(i, i + order));
            counts.merge(gram, 1, Integer::sum);
        }
        return counts;
    }

    /** Runs of {@code order} code points. */
    static Map<String, Integer> ofCharacters(int[] codePoints, int order) {
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i + order <= codePoints.length; i++) {
            counts.merge(new String(codePoints, i, order), 1, Integer::sum);
        }
        return counts;
    }

    /** How many n-grams both hold, each as often as the one that has fewer of it. */
    static int shared(Map<String, Integer> some, Map<String, Integer> others) {
        int shared = 0;
        for (Map.Entry<String, Integer> entry : some.entrySet()) {
            shared += Math.min(entry.getValue(), others.getOrDefault(entry.getKey(), 0));
        }
        return shared;
    }

    /** How many n-grams a sequence has. */
    static int total(int length, int order) {
        return Math.max(0, length - order + 1);
    }
}
