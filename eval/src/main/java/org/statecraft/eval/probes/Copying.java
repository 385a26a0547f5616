package org.statecraft.eval.probes;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * Copying of random letters: all of them, or what follows three of them. Only the answer is scored, its final stop included.
 *
 * <p>With s the letters, g three of them that occur once and r what follows them in s: {@code $s|s.}, or with g before s {@code $g|s|r.}, or
 * behind it {@code $s|gr.}. The stop is the last answer and not read. Source: Jelassi et al. 2024 (Repeat After Me); {@code docs/probes.md}.
 */
final class Copying implements TokenProbe {
    static final List<String> KINDS = List.of("copy", "copy-prefix", "copy-suffix");
    private static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    private static final Letters LETTERS = new Letters(LOWER + "$|.");
    private static final int GRAM = 3;
    private static final Pattern WHOLE = Pattern.compile("\\$([a-z]+)\\|([a-z]*)");
    private static final Pattern BEFORE = Pattern.compile("\\$([a-z]{3})\\|([a-z]+)\\|([a-z]*)");

    private final String kind;

    private Copying(String kind) {
        this.kind = kind;
    }

    static Copying of(String kind) {
        return new Copying(kind);
    }

    @Override
    public String name() {
        return kind;
    }

    @Override
    public List<String> alphabet() {
        return LETTERS.names();
    }

    @Override
    public List<ProbeSlice> slices() {
        return IntStream.of(20, 50, 100, 200, 300)
                .mapToObj(length -> ProbeSlice.of("T", length))
                .toList();
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return List.of(ProbeSlice.lengths(5, 20));
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        int length = Draws.between(random, slice.range("T"));
        if (kind.equals("copy")) {
            String letters = letters(random, Math.max(1, length));
            return sequence("$" + letters + "|", letters);
        }
        if (length <= GRAM) {
            throw new InputException("probe " + kind + " cannot draw " + length
                    + " letters; three of them and what follows take at least " + (GRAM + 1));
        }
        while (true) {
            String letters = letters(random, length);
            int at = random.below(length - GRAM);
            String gram = letters.substring(at, at + GRAM);
            if (once(letters, gram)) {
                String rest = letters.substring(at + GRAM);
                return kind.equals("copy-prefix")
                        ? sequence("$" + gram + "|" + letters + "|", rest)
                        : sequence("$" + letters + "|" + gram, rest);
            }
        }
    }

    private static String letters(PythonRandom random, int length) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            letters.append(LOWER.charAt(random.below(LOWER.length())));
        }
        return letters.toString();
    }

    private static boolean once(String letters, String gram) {
        return letters.indexOf(gram) >= 0 && letters.indexOf(gram) == letters.lastIndexOf(gram);
    }

    private static ProbeSequence sequence(String prompt, String answer) {
        int[] input = LETTERS.symbols(prompt + answer);
        int[] labels = ProbeSequence.noLabels(input.length);
        int[] predicted = LETTERS.symbols(answer + ".");
        System.arraycopy(predicted, 0, labels, prompt.length() - 1, predicted.length);
        return new ProbeSequence(
                input, labels, Draws.range(0, LETTERS.characters().length()));
    }

    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        String text = LETTERS.text(input);
        Matcher parts = (kind.equals("copy-prefix") ? BEFORE : WHOLE).matcher(text);
        if (!parts.matches()) {
            throw new NotInProbeException("'" + text + "' is not written as " + kind + " writes it");
        }
        int last = parts.groupCount();
        String letters = parts.group(last - 1);
        String written = parts.group(last);
        boolean behind = kind.equals("copy-suffix");
        if (behind && written.length() < GRAM) {
            throw new NotInProbeException("'" + text + "' ends before three letters to look for");
        }
        String gram = behind ? written.substring(0, GRAM) : last > 2 ? parts.group(1) : "";
        if (!gram.isEmpty() && !once(letters, gram)) {
            throw new NotInProbeException("'" + gram + "' does not stand once in '" + letters + "'");
        }
        String expected = letters.substring(letters.indexOf(gram) + gram.length());
        if (!written.equals(behind ? gram + expected : expected)) {
            throw new NotInProbeException("'" + text + "' does not end with '" + expected + "'");
        }
        int[] answers = ProbeSequence.noLabels(input.length);
        for (int i = 0; i <= expected.length(); i++) {
            char answer = i == expected.length() ? '.' : expected.charAt(i);
            answers[input.length - 1 - expected.length() + i] = LETTERS.symbol(answer);
        }
        return answers;
    }
}
