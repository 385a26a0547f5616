package org.statecraft.peft.lora;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.statecraft.model.InputException;

/**
 * How large the changes are.
 *
 * @param rank of the factors
 * @param alpha numerator of the scale
 * @param rankPattern ranks of single modules, as peft spells them: a regular expression for the end of the module's path
 * @param alphaPattern the same for alpha
 */
public record LoraConfig(
        Variant variant, int rank, double alpha, Map<String, Integer> rankPattern, Map<String, Double> alphaPattern) {
    /** Names of what can be changed in some model; {@code lm_head} only where the head is not the embedding. */
    public static final List<String> TARGETS = List.of(
            "in_proj", "x_proj", "dt_proj", "out_proj", "z", "x", "B", "C", "dt", "conv1d", "embeddings", "lm_head");

    public LoraConfig {
        rankPattern = Collections.unmodifiableMap(new LinkedHashMap<>(rankPattern)); // the first that matches counts
        alphaPattern = Collections.unmodifiableMap(new LinkedHashMap<>(alphaPattern));
        check(rank, alpha);
        rankPattern.values().forEach(own -> check(own, alpha));
        for (double own : alphaPattern.values()) {
            check(rank, own);
        }
    }

    /** One rank and one alpha for everything. */
    public LoraConfig(Variant variant, int rank, double alpha) {
        this(variant, rank, alpha, Map.of(), Map.of());
    }

    /** The same names in one order, so that a stored adapter has its tensors in the order of the new one. */
    static List<String> ordered(List<String> targets) {
        return targets.stream().sorted(Comparator.comparing(TARGETS::indexOf)).toList();
    }

    private static void check(int rank, double alpha) {
        if (rank < 1 || !(alpha > 0) || !Double.isFinite(alpha)) {
            throw new InputException("LoRA has rank " + rank + " and alpha " + alpha + "; expected both above 0");
        }
    }

    /** The rank in a module such as {@code backbone.layers.0.mixer.in_proj}. */
    int rankOf(String module) {
        return own(rankPattern, module, rank);
    }

    /** What multiplies {@code B·A} in a module. */
    float scaleOf(String module) {
        double r = rankOf(module);
        return (float) (own(alphaPattern, module, alpha) / (variant.rankStabilized ? Math.sqrt(r) : r));
    }

    private static <T> T own(Map<String, T> pattern, String module, T otherwise) {
        return pattern.entrySet().stream()
                .filter(entry -> Pattern.matches("(.*\\.)?(" + entry.getKey() + ")", module))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    /** What is done with the two factors; {@code toString} is the spelling of recipes. */
    public enum Variant {
        /** {@code W + alpha/r · B·A} (Hu et al. 2021). */
        LORA(false, false),
        /** {@code W + alpha/√r · B·A} (Kalajdzievski 2023): the scale does not shrink as fast as the rank grows. */
        RSLORA(true, false),
        /** {@code m ∘ V/‖V‖} by rows with {@code V = W + alpha/r · B·A} and a trained m (Liu et al. 2024). */
        DORA(false, true),
        /** The two above together. */
        RSDORA(true, true);

        private final boolean rankStabilized;
        private final boolean magnitude;

        Variant(boolean rankStabilized, boolean magnitude) {
            this.rankStabilized = rankStabilized;
            this.magnitude = magnitude;
        }

        static Variant of(boolean rankStabilized, boolean magnitude) {
            return magnitude ? (rankStabilized ? RSDORA : DORA) : (rankStabilized ? RSLORA : LORA);
        }

        /** Whether alpha is divided by the root of the rank. */
        boolean isRankStabilized() {
            return rankStabilized;
        }

        /** Whether the length of each row is trained. */
        public boolean hasMagnitude() {
            return magnitude;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
