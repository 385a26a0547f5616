package org.statecraft.workbench.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.probes.ProbeSet;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.eval.probes.TextProbe;
import org.statecraft.eval.probes.TextSource;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.workbench.recipe.Schema.AsSpelled;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Matches;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * A probe that a model is scored on.
 *
 * @param type the name of the probe
 * @param name what results call it; null for its type
 * @param options its settings
 * @param slices the difficulties; none for those that the probe tests
 * @param examples sequences or questions of each slice; fewer where it has no more
 * @param text a UTF-8 file as given, for probes made of running text; null for others
 */
public record ProbeEntry(
        String type,
        @OrNull @Matches(value = Recipe.NAME, says = Recipe.NAME_SAYS) String name,
        @Default("{}") @AsSpelled Map<String, String> options,
        @Default("[]") List<String> slices,
        @Default("100") @Range(min = 1, max = 1_000_000) int examples,
        @OrNull String text) {

    public ProbeEntry {
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        slices = List.copyOf(slices);
    }

    /** What results call the probe. */
    public String title() {
        return name == null ? type : name;
    }

    /** Whether it asks in text. */
    public boolean inText() {
        return TextProbe.names().contains(type);
    }

    public TokenProbe tokenProbe() {
        return TokenProbe.of(type, options);
    }

    public TextProbe textProbe(TextSource source) {
        return TextProbe.of(type, options, source);
    }

    /**
     * What is drawn.
     *
     * @param tested the difficulties of the probe
     */
    public ProbeSet set(List<ProbeSlice> tested, long seed) {
        List<ProbeSlice> wanted = slices.isEmpty()
                ? tested
                : slices.stream().map(ProbeSlice::parse).toList();
        return new ProbeSet(title(), options, wanted, seed, examples);
    }

    /** The probe for people: {@code mqar (vocab: 64; T=64 k=4)}. */
    public String summary() {
        String settings = ProbeSpec.settings(options);
        String chosen = String.join(", ", slices);
        String both = settings + (settings.isEmpty() || chosen.isEmpty() ? "" : "; ") + chosen;
        return title() + (both.isEmpty() ? "" : " (" + both + ")") + ", " + examples + " of each slice";
    }
}
