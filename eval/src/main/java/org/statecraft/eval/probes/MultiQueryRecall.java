package org.statecraft.eval.probes;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * Multi-query associative recall: {@code k} pairs of a key and a value, then every key once more among fillers; the answer at a
 * repeated key is its value.
 *
 * <p>Of {@code V} symbols 0 is the filler, {@code 1..V/2-1} are keys and {@code V/2..V-1} values; none occurs twice among the pairs. In a
 * sequence of {@code T} symbols the key {@code j} is repeated at {@code 2k + 2g}, the gap {@code g} drawn without repetition with probability
 * proportional to {@code a(g+1)^(a-1)}: most keys come back soon. Answers are ranked among the values of the sequence. Source: Arora et al.
 * 2023 (Zoology); {@code docs/probes.md}.
 */
final class MultiQueryRecall implements TokenProbe {
    static final String NAME = "mqar";
    private static final List<ProbeSlice> MIXED = slices(64, 4, 64, 8, 64, 16, 128, 32, 256, 64, 512, 128, 1024, 256);
    private static final List<ProbeSlice> MIXED_TRAINING = slices(64, 4, 128, 8, 256, 16, 256, 32, 256, 64);
    private static final List<ProbeSlice> FIGURE = slices(64, 4, 128, 8, 256, 16, 512, 64);
    private static final int FILLER = 0;

    private final int vocabulary;
    private final boolean randomFiller;
    private final double power;
    private final boolean mixed;

    private MultiQueryRecall(int vocabulary, boolean randomFiller, double power, boolean mixed) {
        this.vocabulary = vocabulary;
        this.randomFiller = randomFiller;
        this.power = power;
        this.mixed = mixed;
    }

    static MultiQueryRecall of(ProbeOptions options) {
        return new MultiQueryRecall(
                options.number("vocab", 8192, 4, 1 << 20),
                options.choice("filler", List.of("random", "zero")).equals("random"),
                options.share("power", 0.01),
                options.choice("protocol", List.of("mixed", "figure")).equals("mixed"));
    }

    private static List<ProbeSlice> slices(int... lengthsAndPairs) {
        return IntStream.range(0, lengthsAndPairs.length / 2)
                .mapToObj(i -> ProbeSlice.of("T", lengthsAndPairs[2 * i], "k", lengthsAndPairs[2 * i + 1]))
                .toList();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> alphabet() {
        return IntStream.range(0, vocabulary).mapToObj(Integer::toString).toList();
    }

    /** Those of the protocol that there are enough keys for. */
    @Override
    public List<ProbeSlice> slices() {
        return enoughKeys(mixed ? MIXED : FIGURE);
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return enoughKeys(mixed ? MIXED_TRAINING : FIGURE);
    }

    private List<ProbeSlice> enoughKeys(List<ProbeSlice> all) {
        return all.stream().filter(slice -> slice.number("k") <= keys()).toList();
    }

    private int keys() {
        return vocabulary / 2 - 1;
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        int length = length(slice);
        int pairs = slice.number("k");
        int[] keys = Draws.distinct(random, 1, keys(), pairs);
        int[] values = Draws.distinct(random, vocabulary / 2, vocabulary - 1, pairs);
        int[] gaps = gaps(random, (length - 2 * pairs) / 2, pairs);
        ProbeSequence sequence = assemble(length, keys, values, gaps);
        if (randomFiller) {
            int[] input = sequence.input();
            for (int t = 2 * pairs; t < length; t++) {
                if (input[t] == FILLER) {
                    input[t] = random.below(vocabulary);
                }
            }
        }
        return sequence;
    }

    /** The sequence of given keys, values and gaps, filled with 0. */
    static ProbeSequence assemble(int length, int[] keys, int[] values, int[] gaps) {
        int[] input = new int[length];
        int[] labels = ProbeSequence.noLabels(length);
        for (int j = 0; j < keys.length; j++) {
            input[2 * j] = keys[j];
            input[2 * j + 1] = values[j];
            int query = 2 * keys.length + 2 * gaps[j];
            input[query] = keys[j];
            labels[query] = values[j];
        }
        return new ProbeSequence(input, labels, sorted(values));
    }

    private static int[] sorted(int[] values) {
        int[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted;
    }

    /**
     * Draws gaps one after the other, each with the probabilities of those left. That is the order in which exponential clocks of
     * these rates ring, so one number for each gap and a sort do it.
     */
    private int[] gaps(PythonRandom random, int slots, int count) {
        double[] rings = new double[slots];
        for (int g = 0; g < slots; g++) {
            double rate = power * StrictMath.pow(g + 1, power - 1);
            rings[g] = -StrictMath.log(1 - random.random()) / rate;
        }
        return IntStream.range(0, slots)
                .boxed()
                .sorted(Comparator.comparingDouble(g -> rings[g]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private int length(ProbeSlice slice) {
        int length = slice.number("T");
        int pairs = slice.number("k");
        if (length % 2 != 0 || pairs < 1 || 4L * pairs > length || pairs > keys()) {
            throw new InputException("probe " + NAME + " cannot draw the slice '" + slice + "' from " + vocabulary
                    + " symbols; expected an even T of at least 4k, and k from 1 to " + keys()
                    + ": lower k, lengthen T or raise vocab");
        }
        return length;
    }

    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        int pairs = slice.number("k");
        if (input.length != length(slice)) {
            throw new NotInProbeException(input.length + " symbols; the slice has " + length(slice));
        }
        Map<Integer, Integer> book = new HashMap<>();
        for (int t = 0; t < 2 * pairs; t += 2) {
            boolean key = input[t] >= 1 && input[t] < vocabulary / 2;
            boolean value = input[t + 1] >= vocabulary / 2 && input[t + 1] < vocabulary;
            if (!key || !value || book.put(input[t], input[t + 1]) != null) {
                throw new NotInProbeException("position " + t + " holds no new pair of a key and a value");
            }
        }
        return asked(input, pairs, book);
    }

    private int[] asked(int[] input, int pairs, Map<Integer, Integer> book) {
        int[] answers = ProbeSequence.noLabels(input.length);
        Map<Integer, Integer> left = new HashMap<>(book);
        for (int t = 2 * pairs; t < input.length; t++) {
            boolean query = t % 2 == 0 && book.containsKey(input[t]);
            boolean filler = randomFiller ? input[t] >= 0 && input[t] < vocabulary : input[t] == FILLER;
            boolean again = query && left.remove(input[t]) == null && !randomFiller;
            if ((!query && !filler) || again) {
                throw new NotInProbeException("position " + t + " holds neither a filler nor a key not yet asked for");
            }
            if (query) {
                answers[t] = book.get(input[t]);
            }
        }
        if (!left.isEmpty()) {
            throw new NotInProbeException("a key is never asked for");
        }
        return answers;
    }
}
