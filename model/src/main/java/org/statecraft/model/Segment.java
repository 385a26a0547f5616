package org.statecraft.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A piece of a batch that goes through all layers at once.
 *
 * @param tokens the batch in this piece
 * @param from position of its first column among those of the batch
 */
record Segment(TokenBatch tokens, long from) {
    /** Tokens of a segment, those of all rows together: many enough for fast matrix products. */
    private static final long TOKENS = 2048;

    private static final long SHORTEST = 256;

    /** Positions of packed sequences side by side, padding included: what convolution and scan take in memory. */
    private static final long MOST_APART = 2 * TOKENS;

    /**
     * Cuts a batch into chains. A chain begins with new sequences, or with carried ones, and hands their state on from segment to
     * segment.
     *
     * <p>Rows side by side are one chain, cut into columns. A packed row is cut at borders only, into chains of as many sequences as
     * may stand side by side: a cut inside of one would need the states of some sequences and not of others. A sequence for which
     * that is too long is a chain alone, which no longer is packed and is cut into columns. In this way a long sequence among
     * short ones costs no padding either.
     */
    static List<List<Segment>> chains(TokenBatch batch) {
        if (!batch.isPacked()) {
            return List.of(columns(batch, 0));
        }
        int[] lengths = batch.lengths();
        List<List<Segment>> chains = new ArrayList<>();
        int first = 0;
        long from = 0;
        while (first < lengths.length) {
            int behind = behindChain(lengths, first);
            TokenBatch part = batch.sequences(first, behind);
            chains.add(part.isPacked() ? List.of(new Segment(part, from)) : columns(part, from));
            from += Arrays.stream(lengths, first, behind).sum();
            first = behind;
        }
        return chains;
    }

    private static int behindChain(int[] lengths, int first) {
        int longest = 0;
        int behind = first;
        while (behind < lengths.length) {
            longest = Math.max(longest, lengths[behind]);
            if (behind > first && (long) longest * (behind - first + 1) > MOST_APART) {
                break;
            }
            behind++;
        }
        return behind;
    }

    private static List<Segment> columns(TokenBatch batch, long offset) {
        long length = batch.ids().getShape().get(1);
        long step =
                Math.max(SHORTEST, TOKENS / Math.max(1, batch.ids().getShape().get(0)));
        if (length <= step) {
            return List.of(new Segment(batch, offset));
        }
        List<Segment> segments = new ArrayList<>();
        for (long from = 0; from < length; from += step) {
            segments.add(new Segment(batch.slice(from, Math.min(length, from + step)), offset + from));
        }
        return segments;
    }
}
