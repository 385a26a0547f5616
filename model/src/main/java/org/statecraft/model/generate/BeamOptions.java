package org.statecraft.model.generate;

import java.util.List;

/**
 * How a beam search goes.
 *
 * @param beams texts that are kept at each step, the likeliest ones
 * @param lengthPenalty exponent of the length that divides the log-probability of a text: 0 compares sums, 1 means per token, above
 *     1 longer texts win more often
 * @param maxTokens upper bound of new tokens
 * @param stop texts before whose first occurrence a text ends
 */
public record BeamOptions(int beams, double lengthPenalty, int maxTokens, List<String> stop) {
    public BeamOptions {
        stop = List.copyOf(stop);
        if (beams < 1 || maxTokens < 0 || !Double.isFinite(lengthPenalty)) {
            throw new IllegalArgumentException("beams ≥ 1, maxTokens ≥ 0 and a finite lengthPenalty expected");
        }
        if (stop.contains("")) {
            throw new IllegalArgumentException("a stop text has at least one character");
        }
    }
}
