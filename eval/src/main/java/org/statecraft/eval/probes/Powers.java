package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.eval.python.PythonRandom;

/**
 * Runs of the same length, one for each letter in order, such as {@code a^n b^n c^n}. The answer is the set of letters that may follow:
 * {@code ab} during the first run, then the one that must, {@code end} after the last.
 */
record Powers(String letters) implements StringSource {
    static final String END = "end";

    @Override
    public boolean has(int length) {
        return length > 0 && length % letters.length() == 0;
    }

    @Override
    public String draw(PythonRandom random, int length) {
        StringBuilder drawn = new StringBuilder();
        for (int run = 0; run < letters.length(); run++) {
            drawn.append(letters.substring(run, run + 1).repeat(length / letters.length()));
        }
        return drawn.toString();
    }

    @Override
    public List<String> answers(String drawn) {
        int run = drawn.length() / letters.length();
        List<String> answers = new ArrayList<>();
        for (int t = 1; t <= drawn.length(); t++) {
            if (t <= run) {
                answers.add(letters.substring(0, 2));
            } else {
                answers.add(t == drawn.length() ? END : letters.substring(t / run, t / run + 1));
            }
        }
        return answers;
    }
}
