package org.statecraft.peft.bottleneck;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;

/**
 * Which bottlenecks are trained.
 *
 * @param targets projections that have one in front
 * @param rank width of the bottleneck
 * @param layers where
 */
public record BottleneckConfig(List<String> targets, int rank, Activation activation, LayerRange layers) {
    /** The linear maps of a layer. */
    public static final Set<String> TARGETS = Set.of("in_proj", "x_proj", "dt_proj", "out_proj");

    public BottleneckConfig {
        targets = List.copyOf(targets);
        if (targets.isEmpty() || !TARGETS.containsAll(targets)) {
            throw new InputException(
                    "bottleneck has the targets " + targets
                            + "; expected one or more of in_proj, x_proj, dt_proj, out_proj, which are applied to vectors as a whole");
        }
        if (rank < 1) {
            throw new InputException("bottleneck has rank " + rank + "; expected at least 1");
        }
    }

    /** What stands between the two maps; {@code toString} is the spelling of recipes. */
    public enum Activation {
        SILU,
        RELU,
        NONE;

        /** The activation of that spelling. */
        static Activation of(String name) {
            return Stream.of(values())
                    .filter(activation -> activation.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new InputException("activation is '" + name + "'; expected one of "
                            + Stream.of(values()).map(Activation::toString).collect(Collectors.joining(", "))));
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
