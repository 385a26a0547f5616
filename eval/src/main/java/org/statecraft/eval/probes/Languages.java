package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The formal languages of {@code docs/probes.md}, each with its machine and its definition. */
final class Languages {
    private static final List<String> YES_NO = List.of("0", "1");
    private static final String BITS = "01";
    private static final List<String> SETS = List.of("00", "01", "10", "11");
    private static final String BRACKETS = "()[]{}<>+-ab";
    private static final Pattern ONES_AND_ZEROS = Pattern.compile("(1+)(0+)");
    /** Enough letters to complete any text of the Tomita languages that can be completed. */
    private static final List<String> ENDINGS = List.of("", "0", "1", "00", "01", "10", "11");

    private Languages() {}

    static Map<String, FormalLanguage> all() {
        List<FormalLanguage> all = new ArrayList<>();
        all.add(language("parity", BITS, YES_NO, parity(), Definition.marking(text -> even(text, '1')), bins(2, 50)));
        all.add(repeated("aa-star", "aa"));
        all.add(repeated("abab-star", "abab"));
        tomita(all);
        for (int depth : new int[] {2, 3, 4, 12}) {
            all.add(nested(depth));
        }
        all.add(shuffle("dyck-1", 1));
        all.add(shuffle("shuffle-2", 2));
        all.add(shuffle("shuffle-4", 4));
        all.add(shuffle("shuffle-6", 6));
        all.add(powers("an-bn", "ab", List.of("ab", "b", Powers.END), bins(2, 100)));
        all.add(powers("an-bn-cn", "abc", List.of("ab", "b", "c", Powers.END), bins(3, 150)));
        Map<String, FormalLanguage> byName = new LinkedHashMap<>();
        all.forEach(language -> byName.put(language.name(), language));
        return byName;
    }

    private static FormalLanguage language(
            String name,
            String letters,
            List<String> asked,
            StringSource source,
            Definition definition,
            List<ProbeSlice> bins) {
        return new FormalLanguage(name, new Letters(letters), asked, source, definition, bins);
    }

    /** The trained lengths and two bins of the same width beyond. */
    private static List<ProbeSlice> bins(int low, int high) {
        return List.of(
                ProbeSlice.lengths(low, high),
                ProbeSlice.lengths(high + 1, 2 * high),
                ProbeSlice.lengths(2 * high + 1, 3 * high));
    }

    private static Automaton parity() {
        return Automaton.marking(BITS, new int[][] {{0, 1}, {1, 0}}, Set.of(0));
    }

    private static boolean even(String text, char letter) {
        return text.chars().filter(c -> c == letter).count() % 2 == 0;
    }

    /** Repetitions of a word in which letters take turns. */
    private static FormalLanguage repeated(String name, String word) {
        String letters = word.startsWith("aa") ? "a" : "ab";
        int[][] next = new int[word.length()][letters.length()];
        for (int state = 0; state < word.length(); state++) {
            for (int letter = 0; letter < letters.length(); letter++) {
                next[state][letter] = word.charAt(state) == letters.charAt(letter) ? (state + 1) % word.length() : -1;
            }
        }
        Automaton automaton = Automaton.membership(letters, next, Set.of(0));
        Definition definition = Definition.membership(text -> text.equals(word.repeat(text.length() / word.length())));
        return language(name, letters, YES_NO, automaton, definition, bins(2, 50));
    }

    /** Tomita 1-7; 5 and 6 ask for membership, the others which of 0 and 1 may follow. */
    private static void tomita(List<FormalLanguage> all) {
        follow(all, 1, new int[][] {{-1, 0}}, Set.of(0), text -> text.matches("1*+"));
        follow(all, 2, new int[][] {{-1, 1}, {0, -1}}, Set.of(0), text -> text.matches("(?:10)*+"));
        follow(all, 3, new int[][] {{0, 1}, {3, 0}, {3, 1}, {2, -1}}, Set.of(0, 1, 2), Languages::noOddAfterOdd);
        follow(all, 4, new int[][] {{1, 0}, {2, 0}, {-1, 0}}, Set.of(0, 1, 2), text -> !text.contains("000"));
        Predicate<String> bothEven = text -> even(text, '0') && even(text, '1');
        member(all, 5, new int[][] {{2, 1}, {3, 0}, {0, 3}, {1, 2}}, bothEven);
        Predicate<String> byThree =
                text -> (text.length() - 2 * text.chars().filter(c -> c == '1').count()) % 3 == 0;
        member(all, 6, new int[][] {{1, 2}, {2, 0}, {0, 1}}, byThree);
        int[][] runs = {{0, 1}, {2, 1}, {2, 3}, {-1, 3}};
        follow(all, 7, runs, Set.of(0, 1, 2, 3), text -> text.matches("0*1*0*1*"));
    }

    private static void follow(
            List<FormalLanguage> all, int number, int[][] next, Set<Integer> accepting, Predicate<String> contains) {
        Automaton automaton = Automaton.following(BITS, BITS, next, accepting);
        Definition definition = Definition.following(BITS, contains, ENDINGS);
        all.add(language("tomita-" + number, BITS, SETS, automaton, definition, bins(2, 50)));
    }

    private static void member(List<FormalLanguage> all, int number, int[][] next, Predicate<String> contains) {
        Automaton automaton = Automaton.membership(BITS, next, Set.of(0));
        all.add(language("tomita-" + number, BITS, YES_NO, automaton, Definition.membership(contains), bins(2, 50)));
    }

    /** Tomita 3: no run of an odd number of ones stands before a run of an odd number of zeros. */
    private static boolean noOddAfterOdd(String text) {
        Matcher runs = ONES_AND_ZEROS.matcher(text);
        while (runs.find()) {
            if (runs.group(1).length() % 2 == 1 && runs.group(2).length() % 2 == 1) {
                return false;
            }
        }
        return true;
    }

    /** {@code D_n = (a D_(n-1) b)*}; asks which of a and b may follow. */
    private static FormalLanguage nested(int depth) {
        String letters = "ab";
        String pattern = "";
        for (int d = 0; d < depth; d++) {
            pattern = "(?:a" + pattern + "b)*+";
        }
        Pattern whole = Pattern.compile(pattern);
        List<String> endings =
                IntStream.rangeClosed(0, depth).mapToObj("b"::repeat).toList();
        return language(
                "d-" + depth,
                letters,
                List.of("10", "11", "01"),
                Automaton.nested(letters, letters, depth),
                Definition.following(letters, text -> whole.matcher(text).matches(), endings),
                bins(2, 100));
    }

    private static FormalLanguage shuffle(String name, int kinds) {
        String brackets = BRACKETS.substring(0, 2 * kinds);
        List<String> asked = IntStream.range(0, 1 << kinds)
                .mapToObj(set -> digits(set, kinds))
                .toList();
        return language(name, brackets, asked, new Shuffle(brackets), Definition.shuffle(brackets), bins(2, 50));
    }

    private static String digits(int set, int kinds) {
        String digits = Integer.toBinaryString(set);
        return "0".repeat(kinds - digits.length()) + digits;
    }

    private static FormalLanguage powers(String name, String letters, List<String> asked, List<ProbeSlice> bins) {
        return language(name, letters, asked, new Powers(letters), Definition.powers(letters), bins);
    }
}
