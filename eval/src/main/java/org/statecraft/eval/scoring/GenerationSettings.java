package org.statecraft.eval.scoring;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * How a task wants texts written: {@code generation_kwargs}.
 *
 * @param maxTokens most new tokens
 * @param stop texts before whose first occurrence a text ends
 * @param beams kept by the search; 1 for none
 * @param lengthPenalty of the search
 * @param temperature 0 for the likeliest token each time
 * @param topK 0 for all
 * @param topP 1 for all
 */
public record GenerationSettings(
        int maxTokens, List<String> stop, int beams, double lengthPenalty, double temperature, int topK, double topP) {
    /** The harness's bound where a task gives none. */
    public static final int DEFAULT_MAX_TOKENS = 256;

    public GenerationSettings {
        stop = List.copyOf(stop);
    }

    /** The likeliest token each time. */
    public static GenerationSettings greedy(int maxTokens, List<String> stop) {
        return new GenerationSettings(maxTokens, stop, 1, 1, 0, 0, 1);
    }

    /** The same with at most so many new tokens. */
    public GenerationSettings atMost(int tokens) {
        return tokens >= maxTokens
                ? this
                : new GenerationSettings(tokens, stop, beams, lengthPenalty, temperature, topK, topP);
    }

    /** In the harness's keys. */
    public void describe(ObjectNode target) {
        stop.forEach(target.putArray("until")::add);
        target.put("max_gen_toks", maxTokens).put("do_sample", temperature > 0);
        if (temperature > 0) {
            target.put("temperature", temperature).put("top_k", topK).put("top_p", topP);
        }
        if (beams > 1) {
            target.put("num_beams", beams).put("length_penalty", lengthPenalty);
        }
    }
}
