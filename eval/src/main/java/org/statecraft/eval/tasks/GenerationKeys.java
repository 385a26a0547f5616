package org.statecraft.eval.tasks;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.eval.scoring.GenerationSettings;

/** Reads {@code generation_kwargs}. */
final class GenerationKeys {
    /** Names of one bound; the first one that is given counts. */
    private static final List<String> MAX_TOKENS =
            List.of("max_gen_toks", "max_new_tokens", "max_tokens", "max_completion_tokens");

    private static final List<String> OTHERS =
            List.of("until", "do_sample", "temperature", "top_k", "top_p", "num_beams", "length_penalty");

    private GenerationKeys() {}

    static GenerationSettings read(TaskKeys keys, String delimiter) {
        List<String> known = new ArrayList<>(MAX_TOKENS);
        known.addAll(OTHERS);
        keys.expectOnly(known);
        int maxTokens = GenerationSettings.DEFAULT_MAX_TOKENS;
        for (String name : MAX_TOKENS) {
            if (keys.has(name)) {
                maxTokens = keys.integer(name, maxTokens);
                break;
            }
        }
        List<String> stop = keys.has("until") ? keys.texts("until") : List.of(delimiter);
        boolean given = keys.number("temperature", 0) > 0;
        boolean sampling = keys.truth("do_sample", given);
        double temperature = sampling ? keys.number("temperature", 1) : 0;
        int beams = keys.integer("num_beams", 1);
        double topP = keys.number("top_p", 1);
        int topK = keys.integer("top_k", 0);
        keys.check("until", !stop.contains(""), "an empty stop text", "at least one character");
        keys.check(maxTokens(keys), maxTokens >= 1, "found " + maxTokens, "at least 1");
        keys.check("num_beams", beams >= 1, "found " + beams, "at least 1");
        keys.check("temperature", temperature >= 0, "found " + temperature, "0 or more");
        keys.check("top_p", topP > 0 && topP <= 1, "found " + topP, "more than 0, at most 1");
        keys.check("top_k", topK >= 0, "found " + topK, "0 or more");
        keys.check(
                "num_beams",
                beams == 1 || !sampling,
                "beams together with do_sample: a search draws nothing",
                "one of the two");
        List<String> kept = stop.stream().filter(text -> !text.isEmpty()).toList();
        return new GenerationSettings(
                Math.max(1, maxTokens),
                kept,
                Math.max(1, beams),
                keys.number("length_penalty", 1),
                Math.max(0, temperature),
                Math.max(0, topK),
                topP > 0 && topP <= 1 ? topP : 1);
    }

    private static String maxTokens(TaskKeys keys) {
        return MAX_TOKENS.stream().filter(keys::has).findFirst().orElse(MAX_TOKENS.get(0));
    }
}
