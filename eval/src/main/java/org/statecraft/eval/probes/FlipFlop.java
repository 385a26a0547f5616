package org.statecraft.eval.probes;

import java.util.List;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * Flip-flop: {@code w}rite a bit, {@code i}gnore a bit, {@code r}ead; what is read must be the bit last written. The model reads {@code -} in
 * place of the bits that it is asked for.
 *
 * <p>A sequence of {@code T} symbols is {@code T/2} pairs of an instruction and a bit; it begins with a write and ends with a read. Between,
 * {@code i} percent are ignored, and writes and reads share the rest equally. Source: Liu et al. 2023 (Exposing Attention Glitches);
 * {@code docs/probes.md}.
 */
final class FlipFlop implements TokenProbe {
    static final String NAME = "flip-flop";
    private static final Letters LETTERS = new Letters("01wri-");
    private static final int ALL = 100;

    FlipFlop() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> alphabet() {
        return LETTERS.names();
    }

    @Override
    public List<ProbeSlice> slices() {
        return List.of(ProbeSlice.of("T", 512, "i", 80), ProbeSlice.of("T", 512, "i", 98));
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return slices().subList(0, 1);
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        int length = slice.number("T");
        int ignored = slice.number("i");
        if (length < 4 || length % 2 != 0 || ignored > ALL) {
            throw new InputException("probe " + NAME + " cannot draw the slice '" + slice
                    + "'; expected an even T of at least 4 and i in percent");
        }
        int[] input = new int[length];
        int[] labels = ProbeSequence.noLabels(length);
        int written = 0;
        for (int t = 0; t < length; t += 2) {
            char instruction = t == 0 ? 'w' : t == length - 2 ? 'r' : instruction(random, ignored);
            input[t] = LETTERS.symbol(instruction);
            if (instruction == 'r') {
                input[t + 1] = LETTERS.symbol('-');
                labels[t + 1] = written;
            } else {
                input[t + 1] = random.below(2);
                written = instruction == 'w' ? input[t + 1] : written;
            }
        }
        return new ProbeSequence(input, labels, new int[] {0, 1});
    }

    private static char instruction(PythonRandom random, int ignored) {
        if (random.below(ALL) < ignored) {
            return 'i';
        }
        return random.below(2) == 0 ? 'w' : 'r';
    }

    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        String text = LETTERS.text(input);
        if (!text.matches("w[01](?:[wi][01]|r-)*+") || !text.endsWith("r-")) {
            throw new NotInProbeException(
                    "'" + text + "' is not a write, pairs of an instruction and its bit, and a read");
        }
        int[] answers = ProbeSequence.noLabels(input.length);
        for (int t = text.indexOf("r-"); t >= 0; t = text.indexOf("r-", t + 1)) {
            answers[t + 1] = input[text.lastIndexOf('w', t) + 1];
        }
        return answers;
    }
}
