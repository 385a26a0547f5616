package org.statecraft.model.generate;

import java.util.List;

/**
 * How tokens are chosen.
 *
 * @param maxTokens upper bound of new tokens
 * @param temperature 0 is greedy
 * @param topK keep the k likeliest tokens; 0 keeps all
 * @param topP keep the smallest set of likeliest tokens whose probability reaches p; 1 keeps all
 * @param stop texts before whose first occurrence the generation ends
 * @param seed of the sampler; equal seeds give equal texts
 */
public record SamplingOptions(int maxTokens, double temperature, int topK, double topP, List<String> stop, long seed) {
    public SamplingOptions {
        stop = List.copyOf(stop);
        if (maxTokens < 0 || temperature < 0 || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("maxTokens ≥ 0, temperature ≥ 0, topK ≥ 0 and 0 < topP ≤ 1 expected");
        }
        if (stop.contains("")) {
            throw new IllegalArgumentException("a stop text has at least one character");
        }
    }

    /** The likeliest token each time. */
    public static SamplingOptions greedy(int maxTokens) {
        return new SamplingOptions(maxTokens, 0, 0, 1, List.of(), 0);
    }
}
