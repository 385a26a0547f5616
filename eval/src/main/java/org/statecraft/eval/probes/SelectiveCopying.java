package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * Selective copying: {@code k} contents at random places among {@code T} symbols, the others noise, then {@code k} markers at which the
 * contents are answered in their order. The distances vary, so a fixed filter cannot do it.
 *
 * <p>Symbols are the contents, the noise and the marker. Source: Gu and Dao 2023 (Mamba), section 4.1.1; {@code docs/probes.md}.
 */
final class SelectiveCopying implements TokenProbe {
    static final String NAME = "selective-copying";

    private final int contents;

    private SelectiveCopying(int contents) {
        this.contents = contents;
    }

    static SelectiveCopying of(ProbeOptions options) {
        return new SelectiveCopying(options.number("vocab", 16, 2, 1 << 16));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> alphabet() {
        List<String> alphabet = new ArrayList<>();
        IntStream.range(0, contents).forEach(i -> alphabet.add("c" + i));
        alphabet.add("noise");
        alphabet.add("marker");
        return alphabet;
    }

    private int noise() {
        return contents;
    }

    private int marker() {
        return contents + 1;
    }

    @Override
    public List<ProbeSlice> slices() {
        return IntStream.of(64, 256, 1024, 4096)
                .mapToObj(length -> ProbeSlice.of("T", length, "k", 16))
                .toList();
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return List.of(ProbeSlice.of("T", 4096, "k", 16));
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        int length = Draws.between(random, slice.range("T"));
        int count = slice.number("k");
        if (count < 1 || count > length) {
            throw new InputException(
                    "probe " + NAME + " cannot draw the slice '" + slice + "'; expected k from 1 to T");
        }
        int[] places = Draws.distinct(random, 0, length - 1, count);
        Arrays.sort(places);
        int[] input = new int[length + count];
        Arrays.fill(input, 0, length, noise());
        Arrays.fill(input, length, length + count, marker());
        int[] labels = ProbeSequence.noLabels(input.length);
        for (int i = 0; i < count; i++) {
            input[places[i]] = random.below(contents);
            labels[length + i] = input[places[i]];
        }
        return new ProbeSequence(input, labels, Draws.range(0, contents));
    }

    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        int[] answers = ProbeSequence.noLabels(input.length);
        List<Integer> left = new ArrayList<>();
        boolean body = true;
        for (int t = 0; t < input.length; t++) {
            boolean content = input[t] >= 0 && input[t] < contents;
            body &= input[t] != marker();
            if (body ? !content && input[t] != noise() : input[t] != marker() || left.isEmpty()) {
                throw new NotInProbeException("position " + t + " holds the symbol " + input[t]
                        + "; expected contents and noise, then as many markers as contents");
            }
            if (content) {
                left.add(input[t]);
            } else if (!body) {
                answers[t] = left.remove(0);
            }
        }
        if (!left.isEmpty()) {
            throw new NotInProbeException("the sequence ends with " + left.size() + " contents not asked for");
        }
        return answers;
    }
}
