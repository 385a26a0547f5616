package org.statecraft.eval.text;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Short answers compared as in SQuAD (Rajpurkar et al., 2016), after the functions of its official script.
 *
 * <p>Case, ASCII punctuation and the words "a", "an" and "the" do not count. F1 is 2PR / (P + R) with P and R the share of the words of the
 * prediction and of the reference that both have. Of several references the best counts.
 */
public final class SquadAnswer {
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");

    /** Between other characters than Python takes for parts of words, which combining marks are not. */
    private static final Pattern ARTICLE = Pattern.compile("(?<![\\p{L}\\p{N}_])(a|an|the)(?![\\p{L}\\p{N}_])");

    private SquadAnswer() {}

    /** The text that is compared. */
    public static String normalized(String text) {
        return String.join(" ", words(text));
    }

    /** 1 if the prediction is a reference, else 0. */
    public static int exactMatch(String prediction, List<String> references) {
        List<String> words = words(prediction);
        return References.present(references).stream()
                        .anyMatch(reference -> words(reference).equals(words))
                ? 1
                : 0;
    }

    /** Shared words, from 0 to 1. A text without words matches only another one. */
    public static double f1(String prediction, List<String> references) {
        List<String> words = words(prediction);
        return References.present(references).stream()
                .mapToDouble(reference -> f1(words, words(reference)))
                .max()
                .orElseThrow();
    }

    private static double f1(List<String> prediction, List<String> reference) {
        if (prediction.isEmpty() || reference.isEmpty()) {
            return prediction.equals(reference) ? 1 : 0;
        }
        int shared = NGrams.shared(NGrams.ofWords(prediction, 1), NGrams.ofWords(reference, 1));
        return Rouge.Score.of(shared, prediction.size(), reference.size()).f();
    }

    private static List<String> words(String text) {
        String letters = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("");
        return Words.split(ARTICLE.matcher(letters).replaceAll(" "));
    }
}
