package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.InputException;

/**
 * Dyck-(k, m): well nested strings of k kinds of brackets, at most m deep, written by a random process; wherever a bracket is open, which one
 * must close?
 *
 * <p>On an empty stack each opener is next with weight 1/k and the end with 1; on a full one the closer; otherwise each opener with 1/k and the
 * closer with 1. Of the process's strings only those of a slice's lengths are wanted: they are drawn with exactly the probabilities that
 * drawing again until the length fits would give, but step by step from the chance to finish in time. A model learns the next symbol
 * ({@link #trainingLabels}); its score asks for closers. Symbols: openers, closers, END. Source: Hewitt et al. 2020; {@code docs/probes.md}.
 */
final class BoundedDyck implements TokenProbe {
    static final String NAME = "bounded-dyck";
    private static final double NEEDED_SHARE = 0.8;

    private final int kinds;
    private final int depth;

    private BoundedDyck(int kinds, int depth) {
        this.kinds = kinds;
        this.depth = depth;
    }

    static BoundedDyck of(ProbeOptions options) {
        return new BoundedDyck(options.number("k", 8, 1, 26), options.number("m", 5, 1, 1000));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<String> alphabet() {
        List<String> alphabet = new ArrayList<>();
        IntStream.range(0, kinds).forEach(kind -> alphabet.add("(" + (char) ('a' + kind)));
        IntStream.range(0, kinds).forEach(kind -> alphabet.add((char) ('a' + kind) + ")"));
        alphabet.add("END");
        return alphabet;
    }

    @Override
    public List<ProbeSlice> slices() {
        return List.of(ProbeSlice.lengths(1, 700), ProbeSlice.lengths(701, 1400));
    }

    @Override
    public List<ProbeSlice> trainingSlices() {
        return slices().subList(0, 1);
    }

    @Override
    public ProbeSequence draw(PythonRandom random, ProbeSlice slice) {
        ProbeSlice.Range range = slice.range("T");
        double[][] chances = chances(range.high());
        int length = length(random, range, chances);
        int[] input = new int[length];
        int[] labels = ProbeSequence.noLabels(length);
        int[] stack = new int[depth];
        int height = 0;
        for (int t = 0; t < length; t++) {
            int left = length - t - 1;
            double up = height == depth ? 0 : up(height) * chances[left][height + 1];
            double down = height == 0 ? 0 : (1 - up(height)) * chances[left][height - 1];
            if (random.random() * (up + down) < up) {
                stack[height] = random.below(kinds);
                input[t] = stack[height++];
            } else {
                input[t] = kinds + stack[--height];
            }
            labels[t] = height == 0 ? ProbeSequence.IGNORED : kinds + stack[height - 1];
        }
        return new ProbeSequence(input, labels, Draws.range(kinds, 2 * kinds));
    }

    /** The chance that the next symbol opens. */
    private double up(int height) {
        return height == depth ? 0 : 0.5;
    }

    /** {@code [n][height]}: the chance that the process writes exactly n symbols more, and then the end. */
    private double[][] chances(int longest) {
        double[][] chances = new double[longest + 1][depth + 1];
        chances[0][0] = 1 - up(0);
        for (int n = 1; n <= longest; n++) {
            for (int height = 0; height <= depth; height++) {
                double opening = height == depth ? 0 : up(height) * chances[n - 1][height + 1];
                double closing = height == 0 ? 0 : (1 - up(height)) * chances[n - 1][height - 1];
                chances[n][height] = opening + closing;
            }
        }
        return chances;
    }

    private static int length(PythonRandom random, ProbeSlice.Range range, double[][] chances) {
        int[] lengths = IntStream.rangeClosed(Math.max(1, range.low()), range.high())
                .filter(length -> chances[length][0] > 0)
                .toArray();
        if (lengths.length == 0) {
            throw new InputException("probe " + NAME + " has no string of the lengths " + range
                    + " that a double can tell from impossible; choose even and shorter ones");
        }
        double left = random.random()
                * Arrays.stream(lengths)
                        .mapToDouble(length -> chances[length][0])
                        .sum();
        for (int length : lengths) {
            left -= chances[length][0];
            if (left < 0) {
                return length;
            }
        }
        return lengths[lengths.length - 1];
    }

    /** Cuts the string at the opener of each closer by counting heights backwards from every position. */
    @Override
    public int[] answers(int[] input, ProbeSlice slice) {
        int[] height = heights(input);
        int[] answers = ProbeSequence.noLabels(input.length);
        for (int t = 0; t < input.length; t++) {
            if (height[t] > 0) {
                answers[t] = kinds + input[opener(height, t)];
            }
        }
        for (int t = 1; t < input.length; t++) {
            if (input[t] >= kinds && input[t] != answers[t - 1]) {
                throw new NotInProbeException("position " + t + " closes another bracket than the one open last");
            }
        }
        return answers;
    }

    private int[] heights(int[] input) {
        int[] heights = new int[input.length];
        int height = 0;
        for (int t = 0; t < input.length; t++) {
            height += input[t] < kinds ? 1 : -1;
            if (input[t] < 0 || input[t] >= 2 * kinds || height < 0 || height > depth) {
                throw new NotInProbeException("position " + t + " holds no bracket that may stand there");
            }
            heights[t] = height;
        }
        if (height != 0) {
            throw new NotInProbeException(height + " brackets are still open at the end");
        }
        return heights;
    }

    /** The position of the bracket open last after position {@code t}: the last rise to that height. */
    private static int opener(int[] heights, int t) {
        int opener = t;
        while (heights[opener] != heights[t] || (opener > 0 && heights[opener - 1] >= heights[t])) {
            opener--;
        }
        return opener;
    }

    @Override
    public double neededShare() {
        return NEEDED_SHARE;
    }

    /** The next symbol at every position, END last: what a language model of these strings is trained on. */
    @Override
    public int[] trainingLabels(ProbeSequence sequence) {
        int[] next = Arrays.copyOfRange(sequence.input(), 1, sequence.input().length + 1);
        next[next.length - 1] = 2 * kinds;
        return next;
    }
}
