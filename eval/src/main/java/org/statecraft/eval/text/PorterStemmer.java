package org.statecraft.eval.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Porter's stemmer (1980) with the changes that NLTK makes by default, its mode {@code NLTK_EXTENSIONS}.
 *
 * <p>rouge_score and NLTK's METEOR stem with it. The classical stemmer of other libraries differs in words such as "dying", "ties", "enjoy"
 * and "only". Written for lower case; other letters count as consonants, as there.
 */
final class PorterStemmer {
    private static final Map<String, String> IRREGULAR = Map.ofEntries(
            Map.entry("skies", "sky"),
            Map.entry("sky", "sky"),
            Map.entry("dying", "die"),
            Map.entry("lying", "lie"),
            Map.entry("tying", "tie"),
            Map.entry("news", "news"),
            Map.entry("innings", "inning"),
            Map.entry("inning", "inning"),
            Map.entry("outings", "outing"),
            Map.entry("outing", "outing"),
            Map.entry("cannings", "canning"),
            Map.entry("canning", "canning"),
            Map.entry("howe", "howe"),
            Map.entry("proceed", "proceed"),
            Map.entry("exceed", "exceed"),
            Map.entry("succeed", "succeed"));

    private static final List<Rule> PLURAL =
            List.of(rule("sses", "ss"), rule("ies", "i"), rule("ss", "ss"), rule("s", ""));

    private static final List<Rule> DOUBLE_SUFFIX = rules(
            1,
            "ational ate",
            "tional tion",
            "enci ence",
            "anci ance",
            "izer ize",
            "bli ble",
            "alli al",
            "entli ent",
            "eli e",
            "ousli ous",
            "ization ize",
            "ation ate",
            "ator ate",
            "alism al",
            "iveness ive",
            "fulness ful",
            "ousness ous",
            "aliti al",
            "iviti ive",
            "biliti ble",
            "fulli ful");

    private static final List<Rule> SUFFIX =
            rules(1, "icate ic", "ative ", "alize al", "iciti ic", "ical ic", "ful ", "ness ");

    private static final List<Rule> LONG_STEM_SUFFIX = rules(
            2, "al ", "ance ", "ence ", "er ", "ic ", "able ", "ible ", "ant ", "ement ", "ment ", "ent ", "ion ",
            "ou ", "ism ", "ate ", "iti ", "ous ", "ive ", "ize ");

    private PorterStemmer() {}

    /** The stem of a word in lower case. */
    static String stem(String word) {
        String irregular = IRREGULAR.get(word);
        if (irregular != null) {
            return irregular;
        }
        if (word.codePointCount(0, word.length()) <= 2) {
            return word;
        }
        String stem = withoutPlural(word);
        stem = withoutParticiple(stem);
        stem = withFinalI(stem);
        stem = withoutDoubleSuffix(stem);
        stem = apply(SUFFIX, stem);
        stem = apply(LONG_STEM_SUFFIX, stem);
        stem = withoutFinalE(stem);
        return stem.endsWith("ll") && measure(cut(stem, 1)) > 1 ? cut(stem, 1) : stem;
    }

    /** Step 1a. NLTK: "ties" gives "tie". */
    private static String withoutPlural(String word) {
        return word.length() == 4 && word.endsWith("ies") ? cut(word, 1) : apply(PLURAL, word);
    }

    /** Step 1b. NLTK: "died" gives "die" and "spied" gives "spi". */
    private static String withoutParticiple(String word) {
        if (word.endsWith("ied")) {
            return cut(word, word.length() == 4 ? 1 : 2);
        }
        if (word.endsWith("eed")) {
            return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
        }
        int suffix = word.endsWith("ed") ? 2 : word.endsWith("ing") ? 3 : 0;
        if (suffix == 0 || !hasVowel(cut(word, suffix))) {
            return word;
        }
        return completed(cut(word, suffix));
    }

    /** What is left of a participle gets its "e" back or loses one of two equal consonants. */
    private static String completed(String stem) {
        if (stem.endsWith("at") || stem.endsWith("bl") || stem.endsWith("iz")) {
            return stem + "e";
        }
        if (endsInDoubleConsonant(stem)) {
            return "lsz".indexOf(last(stem)) < 0 ? cut(stem, 1) : stem;
        }
        return measure(stem) == 1 && endsInShortSyllable(stem) ? stem + "e" : stem;
    }

    /** Step 1c. NLTK: "y" becomes "i" after a consonant that is not the first letter, whether or not there is a vowel. */
    private static String withFinalI(String word) {
        int y = word.length() - 1;
        return word.endsWith("y") && y > 1 && isConsonant(word, y - 1) ? cut(word, 1) + "i" : word;
    }

    /** Step 2. NLTK: "alli" is tried first and the result goes through the step again; the "l" of "logi" counts to the stem. */
    private static String withoutDoubleSuffix(String word) {
        if (word.endsWith("alli") && measure(cut(word, 4)) > 0) {
            return withoutDoubleSuffix(cut(word, 2));
        }
        if (word.endsWith("logi")) {
            return measure(cut(word, 3)) > 0 ? cut(word, 1) : word;
        }
        return apply(DOUBLE_SUFFIX, word);
    }

    /** Step 5a. */
    private static String withoutFinalE(String word) {
        if (!word.endsWith("e")) {
            return word;
        }
        String stem = cut(word, 1);
        int measure = measure(stem);
        return measure > 1 || (measure == 1 && !endsInShortSyllable(stem)) ? stem : word;
    }

    /** The first rule whose suffix fits decides, even if its condition then fails. */
    private static String apply(List<Rule> rules, String word) {
        for (Rule rule : rules) {
            if (word.endsWith(rule.suffix)) {
                String stem = cut(word, rule.suffix.length());
                return rule.condition.test(stem) ? stem + rule.replacement : word;
            }
        }
        return word;
    }

    /** A "y" is one after a vowel or in front; of several in a row every other one is. */
    private static boolean isConsonant(String word, int position) {
        int start = position;
        while (start > 0 && word.charAt(start) == 'y') {
            start--;
        }
        boolean first = "aeiou".indexOf(word.charAt(start)) < 0;
        return first == ((position - start) % 2 == 0);
    }

    /** Porter's m: how often a vowel is followed by a consonant. */
    private static int measure(String stem) {
        int measure = 0;
        boolean afterVowel = false;
        boolean consonant = false;
        for (int i = 0; i < stem.length(); i++) {
            char letter = stem.charAt(i);
            consonant = letter == 'y' ? i == 0 || !consonant : "aeiou".indexOf(letter) < 0;
            measure += consonant && afterVowel ? 1 : 0;
            afterVowel = !consonant;
        }
        return measure;
    }

    private static boolean hasVowel(String stem) {
        for (int i = 0; i < stem.length(); i++) {
            if (!isConsonant(stem, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean endsInDoubleConsonant(String word) {
        int last = word.length() - 1;
        return last > 0 && word.charAt(last) == word.charAt(last - 1) && isConsonant(word, last);
    }

    /** Porter's *o, consonant, vowel and a consonant other than w, x, y. NLTK: also a whole word of a vowel and a consonant. */
    private static boolean endsInShortSyllable(String word) {
        int last = word.length() - 1;
        if (last == 1) {
            return !isConsonant(word, 0) && isConsonant(word, 1);
        }
        return last > 1
                && isConsonant(word, last - 2)
                && !isConsonant(word, last - 1)
                && isConsonant(word, last)
                && "wxy".indexOf(last(word)) < 0;
    }

    private static char last(String word) {
        return word.charAt(word.length() - 1);
    }

    private static String cut(String word, int letters) {
        return word.substring(0, word.length() - letters);
    }

    private static Rule rule(String suffix, String replacement) {
        return new Rule(suffix, replacement, stem -> true);
    }

    /** Rules, written as suffix, blank and replacement, for stems of at least some measure. */
    private static List<Rule> rules(int least, String... pairs) {
        return Arrays.stream(pairs)
                .map(pair -> pair.split(" ", -1))
                .map(pair -> new Rule(
                        pair[0],
                        pair[1],
                        stem -> measure(stem) >= least && (!pair[0].equals("ion") || "st".indexOf(last(stem)) >= 0)))
                .toList();
    }

    private record Rule(String suffix, String replacement, Predicate<String> condition) {}
}
