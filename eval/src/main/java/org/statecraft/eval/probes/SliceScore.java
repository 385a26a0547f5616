package org.statecraft.eval.probes;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How a model did on a slice.
 *
 * @param sequences in the order in which they were drawn
 * @param chance the mean share of a blind guess, each answer that takes part being as likely as another
 * @param constant the mean share of giving one and the same answer always, the best such: skewed answers make it high
 */
public record SliceScore(ProbeSlice slice, List<SequenceScore> sequences, double chance, double constant) {
    public SliceScore {
        sequences = List.copyOf(sequences);
    }

    /**
     * A mean over sequences.
     *
     * @param stderr its standard error with n - 1, or null for fewer than two sequences
     */
    public record Mean(double value, Double stderr, int n) {}

    /** Share of right positions of a sequence. */
    public Mean positions() {
        return mean(SequenceScore::share);
    }

    /** Share of sequences without a mistake. */
    public Mean whole() {
        return mean(score -> score.all() ? 1 : 0);
    }

    private Mean mean(ToDoubleFunction<SequenceScore> of) {
        int n = sequences.size();
        double mean = sequences.stream().mapToDouble(of).sum() / n;
        double squares = sequences.stream()
                .mapToDouble(of)
                .map(value -> (value - mean) * (value - mean))
                .sum();
        return new Mean(mean, n < 2 ? null : Math.sqrt(squares / (n - 1) / n), n);
    }
}
