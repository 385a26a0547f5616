package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.statecraft.eval.python.PythonRandom;

/**
 * Shuffles of balanced strings, one kind of brackets in each: every kind is balanced on its own, and kinds may cross. Of one kind it is
 * Dyck-1.
 *
 * <p>A draw gives each pair a kind, shuffles the kinds over the positions and draws a balanced string for the positions of each,
 * uniformly. The answer has a digit for each kind: whether its bracket may close.
 */
final class Shuffle implements StringSource {
    private final String opening;
    private final String closing;

    /** Kinds of brackets as {@code "()[]"}. */
    Shuffle(String brackets) {
        StringBuilder open = new StringBuilder();
        StringBuilder close = new StringBuilder();
        for (int i = 0; i < brackets.length(); i += 2) {
            open.append(brackets.charAt(i));
            close.append(brackets.charAt(i + 1));
        }
        this.opening = open.toString();
        this.closing = close.toString();
    }

    @Override
    public boolean has(int length) {
        return length > 0 && length % 2 == 0;
    }

    @Override
    public String draw(PythonRandom random, int length) {
        List<Integer> kinds = new ArrayList<>();
        for (int pair = 0; pair < length / 2; pair++) {
            int kind = random.below(opening.length());
            kinds.addAll(Collections.nCopies(2, kind));
        }
        int[] order = Draws.distinct(random, 0, length - 1, length);
        char[] drawn = new char[length];
        for (int kind = 0; kind < opening.length(); kind++) {
            int own = Collections.frequency(kinds, kind);
            if (own > 0) {
                String brackets = "" + opening.charAt(kind) + closing.charAt(kind);
                String balanced = Automaton.nested(brackets, "", own / 2).draw(random, own);
                int used = 0;
                for (int t = 0; t < length; t++) {
                    if (kinds.get(order[t]) == kind) {
                        drawn[t] = balanced.charAt(used++);
                    }
                }
            }
        }
        return new String(drawn);
    }

    @Override
    public List<String> answers(String drawn) {
        int[] open = new int[opening.length()];
        List<String> answers = new ArrayList<>();
        for (int t = 0; t < drawn.length(); t++) {
            int opened = opening.indexOf(drawn.charAt(t));
            if (opened >= 0) {
                open[opened]++;
            } else {
                open[closing.indexOf(drawn.charAt(t))]--;
            }
            StringBuilder answer = new StringBuilder();
            for (int depth : open) {
                answer.append(depth > 0 ? '1' : '0');
            }
            answers.add(answer.toString());
        }
        return answers;
    }
}
