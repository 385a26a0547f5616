package org.statecraft.eval.text;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Whether a text is a reference, with the options of the metric {@code exact_match} of huggingface/evaluate as the harness has it.
 *
 * <p>What is to be ignored is cut out of both texts, in this order: the regular expressions, case, ASCII punctuation, the digits 0 to 9. Two
 * texts of which nothing is left are equal; the newer releases of huggingface/evaluate ask that they were equal before.
 */
public final class ExactMatch {
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}");
    private static final Pattern DIGIT = Pattern.compile("[0-9]");

    private ExactMatch() {}

    /**
     * What does not count.
     *
     * @param regexes cut out before anything else, one after the other, hence before case is ignored
     */
    public record Ignored(List<Pattern> regexes, boolean letterCase, boolean punctuation, boolean numbers) {
        /** Every character counts. */
        public static final Ignored NOTHING = new Ignored(List.of(), false, false, false);

        public Ignored {
            regexes = List.copyOf(regexes);
        }

        private String cut(String text) {
            String rest = text;
            for (Pattern regex : regexes) {
                rest = regex.matcher(rest).replaceAll("");
            }
            rest = letterCase ? rest.toLowerCase(Locale.ROOT) : rest;
            rest = punctuation ? PUNCTUATION.matcher(rest).replaceAll("") : rest;
            return numbers ? DIGIT.matcher(rest).replaceAll("") : rest;
        }
    }

    /** 1 if the prediction equals a reference, else 0. */
    public static int score(String prediction, List<String> references, Ignored ignored) {
        String text = ignored.cut(prediction);
        return References.present(references).stream().map(ignored::cut).anyMatch(text::equals) ? 1 : 0;
    }
}
