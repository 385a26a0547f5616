package org.statecraft.peft.stateoffset;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;

/**
 * Which offset is learned.
 *
 * @param form its shape
 * @param rank of the two factors of {@link Form#LOW_RANK}, 0 for the other forms
 * @param reshape channels that share a row of the first factor; 1 for the plain factors and for the other forms
 * @param layers where
 */
public record StateOffsetConfig(Form form, int rank, int reshape, LayerRange layers) {

    public StateOffsetConfig {
        if (form == Form.LOW_RANK ? rank < 1 : rank != 0) {
            throw new InputException("state-offset of form " + form + " has rank " + rank
                    + (form == Form.LOW_RANK ? "; expected at least 1" : "; only the form low-rank has one"));
        }
        if (form == Form.LOW_RANK ? reshape < 1 : reshape != 1) {
            throw new InputException("state-offset of form " + form + " has reshape " + reshape
                    + (form == Form.LOW_RANK ? "; expected at least 1" : "; only the form low-rank is reshaped"));
        }
    }

    /** One of the forms without a rank, in all layers. */
    public static StateOffsetConfig of(Form form) {
        return new StateOffsetConfig(form, 0, 1, LayerRange.ALL);
    }

    /** Plain factors in all layers. */
    public static StateOffsetConfig lowRank(int rank) {
        return new StateOffsetConfig(Form.LOW_RANK, rank, 1, LayerRange.ALL);
    }

    /** The same with {@code reshape} channels in each row of the first factor. */
    public StateOffsetConfig reshaped(int channels) {
        return new StateOffsetConfig(form, rank, channels, layers);
    }

    /** The same in these layers only. */
    public StateOffsetConfig in(LayerRange range) {
        return new StateOffsetConfig(form, rank, reshape, range);
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
