package org.statecraft.peft.stateoffset;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.InputException;

/**
 * Which offset is learned.
 *
 * @param form its shape
 * @param rank of the two factors of {@link Form#LOW_RANK}, 0 for the other forms
 */
public record StateOffsetConfig(Form form, int rank) {

    public StateOffsetConfig {
        if (form == Form.LOW_RANK ? rank < 1 : rank != 0) {
            throw new InputException("state-offset of form " + form + " has rank " + rank
                    + (form == Form.LOW_RANK ? "; expected at least 1" : "; only the form low-rank has one"));
        }
    }

    /** One of the forms without a rank. */
    public static StateOffsetConfig of(Form form) {
        return new StateOffsetConfig(form, 0);
    }

    public static StateOffsetConfig lowRank(int rank) {
        return new StateOffsetConfig(Form.LOW_RANK, rank);
    }

    /** The shape of an offset; {@code toString} is the spelling of recipes. */
    public enum Form {
        /** One value for each head, channel and column of the state. */
        FULL("h"),
        /** The full offset as a product of two factors. */
        LOW_RANK("h_lowrank"),
        /** The channels of a head share their offset. */
        HEAD_SHARED("h_head_shared"),
        /** An offset of the scan's output instead of the state. */
        OUTPUT("y");

        private final String variant;

        Form(String variant) {
            this.variant = variant;
        }

        /** The spelling under {@code variant} in {@code adapter_config.json}. */
        public String variant() {
            return variant;
        }

        /** The form with that {@code variant}. */
        static Form ofVariant(String variant) {
            return Stream.of(values())
                    .filter(form -> form.variant.equals(variant))
                    .findFirst()
                    .orElseThrow(() -> new InputException("variant is '" + variant + "'; expected one of "
                            + Stream.of(values()).map(Form::variant).collect(Collectors.joining(", "))));
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}
