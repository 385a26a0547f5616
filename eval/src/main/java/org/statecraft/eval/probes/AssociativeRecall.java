package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * Associative recall: {@code k} pairs of a key and its value, a trigger, and one of the keys again; the answer is its value.
 *
 * <p>Keys are the first half of the vocabulary and values the second. Keys may come again, always with the same value. Source: Dao et al.
 * 2022 (H3); {@code docs/probes.md}.
 */
final class AssociativeRecall implements TokenProbe {
    static final String NAME = "recall";

    private final int half;

    private AssociativeRecall(int half) {
        this.half = half;
    }

    static AssociativeRecall of(ProbeOptions options) {
        return new AssociativeRecall(options.number("vocab", 40, 4, 1 << 16) / 2);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> alphabet() {
        List<String> alphabet = new ArrayList<>();
        IntStream.range(0, half).forEach(i -> alphabet.add("k" + i));
        IntStream.range(0, half).forEach(i -> alphabet.add("v" + i));
        alphabet.add("=>");
        return alphabet;
    }

    @Override
    public List<ProbeSlice> slices() {
        return IntStream.of(4, 8, 16, 32, 64, 128)
                .mapToObj(pairs -> ProbeSlice.of("k", pairs))
                .toList();
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return List.of(new ProbeSlice(Map.of("k", new ProbeSlice.Range(4, 32))));
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        int pairs = Draws.between(random, slice.range("k"));
        if (pairs < 1) {
            throw new InputException(
                    "probe " + NAME + " cannot draw the slice '" + slice + "'; expected k of at least 1");
        }
        int[] values =
                IntStream.range(0, half).map(key -> half + random.below(half)).toArray();
        int[] input = new int[2 * pairs + 2];
        for (int i = 0; i < pairs; i++) {
            input[2 * i] = random.below(half);
            input[2 * i + 1] = values[input[2 * i]];
        }
        input[2 * pairs] = 2 * half;
        input[2 * pairs + 1] = input[2 * random.below(pairs)];
        int[] labels = ProbeSequence.noLabels(input.length);
        labels[input.length - 1] = values[input[2 * pairs + 1]];
        return new ProbeSequence(input, labels, Draws.range(half, 2 * half));
    }

    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        int last = input.length - 1;
        if (input.length < 4 || input.length % 2 != 0 || input[last - 1] != 2 * half) {
            throw new NotInProbeException("expected pairs, the trigger and a key; found " + input.length + " symbols");
        }
        Map<Integer, Integer> book = new HashMap<>();
        for (int t = 0; t < last - 1; t += 2) {
            boolean pair = input[t] >= 0 && input[t] < half && input[t + 1] >= half && input[t + 1] < 2 * half;
            Integer before = pair ? book.put(input[t], input[t + 1]) : null;
            if (!pair || (before != null && before != input[t + 1])) {
                throw new NotInProbeException(
                        "position " + t + " holds no pair, or another value of its key than before");
            }
        }
        if (!book.containsKey(input[last])) {
            throw new NotInProbeException("the symbol asked for was not among the keys");
        }
        int[] answers = ProbeSequence.noLabels(input.length);
        answers[last] = book.get(input[last]);
        return answers;
    }
}
