package org.statecraft.peft.initialstate;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.peft.LayerRange;

/**
 * What is learned, and where.
 *
 * @param form the state alone, or the window of the convolution too
 * @param layers that get one; the others start empty
 */
public record InitialStateConfig(Form form, LayerRange layers) {

    /** The parts of the start; {@code toString} is the spelling of recipes. */
    public enum Form {
        /** The recurrent state. */
        STATE("h0"),
        /** The recurrent state and the columns that the convolution sees before the first token. */
        STATE_AND_WINDOW("h0_conv");

        private final String variant;

        Form(String variant) {
            this.variant = variant;
        }

        /** The spelling under {@code variant} in {@code adapter_config.json}. */
        String variant() {
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
