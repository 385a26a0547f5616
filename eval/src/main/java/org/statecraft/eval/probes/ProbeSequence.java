package org.statecraft.eval.probes;

import java.util.Arrays;

/**
 * A sequence of symbols and what is to be answered in it. Symbols are positions in {@link TokenProbe#alphabet()}.
 *
 * @param input the symbols that the model reads
 * @param labels {@code labels[t]} is the answer once {@code input[0..t]} are read, or {@link #IGNORED}; as long as {@code input}
 * @param candidates the symbols among which answers are ranked, each once
 */
public record ProbeSequence(int[] input, int[] labels, int[] candidates) {
    /** The label of a position that asks nothing. */
    public static final int IGNORED = -100;

    public ProbeSequence {
        if (input.length != labels.length) {
            throw new IllegalArgumentException(input.length + " symbols with " + labels.length + " labels");
        }
    }

    /** Labels of which none asks anything yet. */
    static int[] noLabels(int length) {
        int[] labels = new int[length];
        Arrays.fill(labels, IGNORED);
        return labels;
    }

    /** Number of positions that ask something. */
    public int scored() {
        return (int) Arrays.stream(labels).filter(label -> label != IGNORED).count();
    }
}
