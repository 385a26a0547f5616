package org.statecraft.eval.text;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Tokens as NLTK's {@code NLTKWordTokenizer} makes them, the second half of its {@code word_tokenize}.
 *
 * <p>The first half, which splits a text into sentences with a trained model, is missing here. It matters for a full stop that ends a
 * sentence but not the text: the rule for final stops sees only the last one, so that one stays with its word.
 *
 * <p>The rules put blanks around what is to be a token, each over the whole text and in this order; the text is then cut at whitespace.
 */
final class NltkTokenizer {
    /** What NLTK's contractions end at: unlike the other rules, they take combining marks for no part of a word. */
    private static final String BEFORE = "(?i)(?<![\\p{L}\\p{N}_])";

    private static final String AFTER = "(?![\\p{L}\\p{N}_])";

    private static final List<Rule> INSIDE = List.of(
            // opening quotes
            rule("([«“‘„]|`+)", " $1 "),
            rule("^\"", "``"),
            rule("``", " `` "),
            rule("([ (\\[{<])(\"|'{2})", "$1 `` "),
            rule("(?i)(?<!\\w)'(?!(?:re|ve|ll|m|t|s|d|n)(?!\\w))(?=\\w)", "' "),
            // punctuation
            rule("([^.])(\\.)([\\])}>\"'»”’ ]*+)\\s*$", "$1 $2 $3 "),
            rule("([:,])(\\D)", " $1 $2"),
            rule("([:,])$", " $1 "),
            rule("\\.{2,}", " $0 "),
            rule("[;@#$%&]", " $0 "),
            rule("[\\u2012-\\u2015]", " $0 "),
            rule("([^.])(\\.)([\\])}>\"']*)\\s*$", "$1 $2$3 "),
            rule("[?!]", " $0 "),
            rule("([^'])' ", "$1 ' "),
            rule("[*]", " $0 "),
            rule("[\\]\\[(){}<>]", " $0 "),
            rule("--", " -- "));

    private static final List<Rule> PADDED = List.of(
            // closing quotes
            rule("[»”’]", " $0 "),
            rule("''", " '' "),
            rule("\"", " '' "),
            rule("\\s+", " "),
            rule("([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
            rule("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
            // contractions
            contraction("can", "not"),
            contraction("d", "'ye"),
            contraction("gim", "me"),
            contraction("gon", "na"),
            contraction("got", "ta"),
            contraction("lem", "me"),
            contraction("more", "'n"),
            rule(BEFORE + "(wan)(na)(?=\\s)", " $1 $2 "),
            rule("(?i) ('t)(is)" + AFTER, " $1 $2 "),
            rule("(?i) ('t)(was)" + AFTER, " $1 $2 "));

    private NltkTokenizer() {}

    static List<String> split(String text) {
        return Words.split(apply(PADDED, ' ' + apply(INSIDE, text) + ' '));
    }

    private static String apply(List<Rule> rules, String text) {
        String result = text;
        for (Rule rule : rules) {
            result = rule.pattern.matcher(result).replaceAll(rule.replacement);
        }
        return result;
    }

    private static Rule contraction(String first, String second) {
        return rule(BEFORE + "(" + first + ")(" + second + ")" + AFTER, " $1 $2 ");
    }

    private static Rule rule(String pattern, String replacement) {
        return new Rule(Pattern.compile(pattern, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNIX_LINES), replacement);
    }

    private record Rule(Pattern pattern, String replacement) {}
}
