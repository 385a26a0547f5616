package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.statecraft.eval.python.PythonRandom;

/**
 * A deterministic automaton that draws strings of a given length, each with the same probability.
 *
 * <p>The number of accepted strings of {@code n} letters from each state follows from that of {@code n - 1}; a walk that takes each
 * letter with the share of strings behind it is a uniform draw. Only ratios within one {@code n} matter, so each row is scaled to 1.
 */
final class Automaton implements StringSource {
    private static final int DEAD = -1;

    private final String letters;
    private final int[][] next;
    private final IntPredicate accepting;
    private final Asked asked;

    /** What is to be answered in a state. */
    private interface Asked {
        String answer(int state);
    }

    private Automaton(String letters, int[][] next, IntPredicate accepting, Asked asked) {
        this.letters = letters;
        this.next = next;
        this.accepting = accepting;
        this.asked = asked;
    }

    /**
     * Strings that end in some states, asked whether the letters so far do.
     *
     * @param next {@code next[state][letter]}, or -1 where no string goes on; the first state is the start
     */
    static Automaton membership(String letters, int[][] next, Set<Integer> accepting) {
        return new Automaton(letters, next, accepting::contains, state -> accepting.contains(state) ? "1" : "0");
    }

    /** All strings, asked whether the letters so far end in some states. */
    static Automaton marking(String letters, int[][] next, Set<Integer> marked) {
        return new Automaton(letters, next, state -> true, state -> marked.contains(state) ? "1" : "0");
    }

    /**
     * Strings that end in some states, asked which of some letters may follow.
     *
     * @param following the letters asked for, each of which gives a digit of the answer
     */
    static Automaton following(String letters, String following, int[][] next, Set<Integer> accepting) {
        return new Automaton(letters, next, accepting::contains, state -> {
            StringBuilder answer = new StringBuilder();
            for (int i = 0; i < following.length(); i++) {
                answer.append(next[state][letters.indexOf(following.charAt(i))] == DEAD ? '0' : '1');
            }
            return answer.toString();
        });
    }

    /** Brackets nested at most {@code depth} deep; the two letters open and close. */
    static Automaton nested(String letters, String following, int depth) {
        int[][] next = new int[depth + 1][];
        for (int d = 0; d <= depth; d++) {
            next[d] = new int[] {d < depth ? d + 1 : DEAD, d - 1};
        }
        return following(letters, following, next, Set.of(0));
    }

    @Override
    public boolean has(int length) {
        return strings(length)[length][0] > 0;
    }

    @Override
    public String draw(PythonRandom random, int length) {
        double[][] strings = strings(length);
        StringBuilder drawn = new StringBuilder();
        int state = 0;
        for (int left = length - 1; left >= 0; left--) {
            int letter = letter(random.random(), next[state], strings[left]);
            drawn.append(letters.charAt(letter));
            state = next[state][letter];
        }
        return drawn.toString();
    }

    private static int letter(double uniform, int[] next, double[] strings) {
        double all = 0;
        for (int state : next) {
            all += state == DEAD ? 0 : strings[state];
        }
        double left = uniform * all;
        int last = DEAD;
        for (int letter = 0; letter < next.length; letter++) {
            double behind = next[letter] == DEAD ? 0 : strings[next[letter]];
            if (behind > 0) {
                last = letter;
                if (left < behind) {
                    return letter;
                }
                left -= behind;
            }
        }
        return last;
    }

    /** {@code [n][state]}: the number of strings of n letters from there, in proportion to the largest of the row. */
    private double[][] strings(int length) {
        double[][] strings = new double[length + 1][next.length];
        for (int state = 0; state < next.length; state++) {
            strings[0][state] = accepting.test(state) ? 1 : 0;
        }
        for (int n = 1; n <= length; n++) {
            double largest = Double.MIN_NORMAL;
            for (int state = 0; state < next.length; state++) {
                for (int after : next[state]) {
                    strings[n][state] += after == DEAD ? 0 : strings[n - 1][after];
                }
                largest = Math.max(largest, strings[n][state]);
            }
            for (int state = 0; state < next.length; state++) {
                strings[n][state] /= largest;
            }
        }
        return strings;
    }

    @Override
    public List<String> answers(String drawn) {
        List<String> answers = new ArrayList<>();
        int state = 0;
        for (int t = 0; t < drawn.length(); t++) {
            state = next[state][letters.indexOf(drawn.charAt(t))];
            answers.add(asked.answer(state));
        }
        return answers;
    }
}
