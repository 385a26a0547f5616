package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * Induction heads: among random symbols a trigger with what follows it, and at the end the trigger again; the answer is what followed.
 *
 * <p>A sequence of {@code T} symbols has {@code triggers} earlier triggers, all followed by the same {@code tokens} symbols; it ends with
 * the trigger and all but the last of them. Source: Dao et al. 2022 (H3), Gu and Dao 2023 (Mamba); {@code docs/probes.md}.
 */
final class InductionHeads implements TokenProbe {
    static final String NAME = "induction";

    private final int vocabulary;
    private final int tokens;
    private final int triggers;

    private InductionHeads(int vocabulary, int tokens, int triggers) {
        this.vocabulary = vocabulary;
        this.tokens = tokens;
        this.triggers = triggers;
    }

    static InductionHeads of(ProbeOptions options) {
        return new InductionHeads(
                options.number("vocab", 16, 2, 1 << 16),
                options.number("tokens", 1, 1, 64),
                options.number("triggers", 1, 1, 64));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> alphabet() {
        List<String> alphabet = new ArrayList<>();
        IntStream.range(0, vocabulary).forEach(i -> alphabet.add(Integer.toString(i)));
        alphabet.add("=>");
        return alphabet;
    }

    @Override
    public List<ProbeSlice> slices() {
        return IntStream.rangeClosed(6, 14)
                .mapToObj(power -> ProbeSlice.of("T", 1 << power))
                .toList();
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return List.of(ProbeSlice.of("T", 256));
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        int length = Draws.between(random, slice.range("T"));
        int body = length - tokens;
        int others = body - triggers * (tokens + 1);
        if (others < 0) {
            throw new InputException("probe " + NAME + " cannot draw " + length + " symbols with " + triggers
                    + " triggers and " + tokens + " symbols behind each; lengthen T");
        }
        int[] followers = drawn(random, tokens);
        // of triggers and other symbols in a row, the places of the triggers; each takes its followers along
        int[] places = Draws.distinct(random, 0, others + triggers - 1, triggers);
        Arrays.sort(places);
        int[] input = drawn(random, length);
        for (int i = 0; i < triggers; i++) {
            put(input, places[i] + i * tokens, followers, tokens);
        }
        put(input, body, followers, tokens - 1);
        int[] labels = ProbeSequence.noLabels(length);
        System.arraycopy(followers, 0, labels, body, tokens);
        return new ProbeSequence(input, labels, Draws.range(0, vocabulary));
    }

    private int[] drawn(PythonRandom random, int count) {
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            drawn[i] = random.below(vocabulary);
        }
        return drawn;
    }

    private void put(int[] input, int at, int[] followers, int count) {
        input[at] = vocabulary;
        System.arraycopy(followers, 0, input, at + 1, count);
    }

    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        List<Integer> found = new ArrayList<>();
        for (int t = 0; t < input.length; t++) {
            if (input[t] < 0 || input[t] > vocabulary) {
                throw new NotInProbeException("position " + t + " holds the symbol " + input[t]);
            }
            if (input[t] == vocabulary) {
                found.add(t);
            }
        }
        int asked = input.length - tokens;
        if (found.size() != triggers + 1 || found.get(triggers) != asked) {
            throw new NotInProbeException(
                    "the triggers stand at " + found + "; expected " + triggers + " and one at " + asked);
        }
        int[] answers = ProbeSequence.noLabels(input.length);
        for (int i = 0; i < tokens; i++) {
            int answer = input[found.get(0) + 1 + i];
            for (int trigger : found) {
                boolean read = trigger + 1 + i < input.length;
                if (read && (input[trigger + 1 + i] != answer || answer == vocabulary)) {
                    throw new NotInProbeException(
                            "what follows the trigger at " + trigger + " is not what follows the first");
                }
            }
            answers[asked + i] = answer;
        }
        return answers;
    }
}
