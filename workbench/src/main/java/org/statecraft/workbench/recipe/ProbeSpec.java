package org.statecraft.workbench.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.workbench.recipe.Schema.AsSpelled;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Sequences of a probe to train on.
 *
 * @param type the name of the probe
 * @param options its settings
 * @param slices the difficulties, in equal shares; none for those that the probe trains on
 * @param examples sequences that are drawn, once for the whole training
 * @param validation sequences that are drawn beside them to validate on, or null
 */
public record ProbeSpec(
        String type,
        @Default("{}") @AsSpelled Map<String, String> options,
        @Default("[]") List<String> slices,
        @Range(min = 1, max = 10_000_000) int examples,
        @OrNull @Range(min = 1, max = 1_000_000) Integer validation) {

    public ProbeSpec {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        slices = List.copyOf(slices);
    }

    public TokenProbe probe() {
        return TokenProbe.of(type, options);
    }

    /** The difficulties that are drawn from. */
    public List<ProbeSlice> drawnSlices() {
        return slices.isEmpty()
                ? probe().trainingSlices()
                : slices.stream().map(ProbeSlice::parse).toList();
    }

    /** The probe for people: {@code probe mqar (vocab: 64)}. */
    String summary() {
        String settings = settings(options);
        return "probe " + type + (settings.isEmpty() ? "" : " (" + settings + ")");
    }

    static String settings(Map<String, String> options) {
        return options.entrySet().stream()
                .map(option -> option.getKey() + ": " + option.getValue())
                .collect(Collectors.joining(", "));
    }
}
