package org.statecraft.eval.probes;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The recogniser of a formal language: what its strings are and what is answered, said without a machine. It takes any prefix as a text and
 * looks at all of it; slow, and hard to get wrong.
 *
 * @param contains whether a text is a string of the language
 * @param answer the answer after a prefix of a given string
 */
record Definition(Predicate<String> contains, BiFunction<String, String, String> answer) {

    /** Asks whether the prefix is itself a string of the language. */
    static Definition membership(Predicate<String> contains) {
        return new Definition(contains, digit(contains));
    }

    /** Takes any text, and asks whether the prefix is of one kind. */
    static Definition marking(Predicate<String> marked) {
        return new Definition(text -> true, digit(marked));
    }

    private static BiFunction<String, String, String> digit(Predicate<String> member) {
        return (prefix, whole) -> member.test(prefix) ? "1" : "0";
    }

    /**
     * Asks which letters may follow: those that some ending completes to a string.
     *
     * @param endings at least one of them completes every text that can be completed
     */
    static Definition following(String letters, Predicate<String> contains, List<String> endings) {
        return new Definition(contains, (prefix, whole) -> letters.chars()
                .mapToObj(letter -> prefix + (char) letter)
                .map(longer -> endings.stream().anyMatch(ending -> contains.test(longer + ending)) ? "1" : "0")
                .collect(Collectors.joining()));
    }

    /** Every kind of brackets balanced on its own; asks of each whether more have been opened than closed. */
    static Definition shuffle(String brackets) {
        List<String> kinds = IntStream.range(0, brackets.length() / 2)
                .mapToObj(kind -> brackets.substring(2 * kind, 2 * kind + 2))
                .toList();
        return new Definition(
                text -> text.chars().allMatch(c -> brackets.indexOf(c) >= 0)
                        && kinds.stream().allMatch(kind -> cancelled(projected(text, kind), kind)
                                .isEmpty()),
                (prefix, whole) -> kinds.stream()
                        .map(kind -> cancelled(projected(prefix, kind), kind).isEmpty() ? "0" : "1")
                        .collect(Collectors.joining()));
    }

    private static String projected(String text, String kind) {
        return text.chars()
                .filter(c -> kind.indexOf(c) >= 0)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /** The text once pairs that stand side by side have been struck out as long as there are any. */
    static String cancelled(String text, String pair) {
        String left = text;
        while (left.contains(pair)) {
            left = left.replace(pair, "");
        }
        return left;
    }

    /** Runs of equal length; the answer is read off the whole string, except that the first run may always go on. */
    static Definition powers(String letters) {
        return new Definition(
                text -> !text.isEmpty() && text.equals(runs(letters, text.length() / letters.length())),
                (prefix, whole) -> {
                    if (prefix.chars().allMatch(c -> c == letters.charAt(0))) {
                        return letters.substring(0, 2);
                    }
                    return prefix.equals(whole) ? Powers.END : whole.substring(prefix.length(), prefix.length() + 1);
                });
    }

    private static String runs(String letters, int length) {
        return letters.chars()
                .mapToObj(letter -> Character.toString(letter).repeat(length))
                .collect(Collectors.joining());
    }
}
