package org.statecraft.peft;

import java.util.List;

/**
 * A parameter that a method acts on, or some of its rows.
 *
 * @param name as recipes spell it: {@code in_proj}, or {@code x} for a slice of it
 * @param layer -1 for one outside the layers
 * @param weight full name in the Hugging Face layout, such as {@code backbone.layers.3.mixer.in_proj.weight}
 * @param fromRow first row
 * @param rows how many rows
 * @param columns the other axes as one; 1 for a vector
 * @param whole whether these are all rows
 * @param axes what the axes of the parameter run along
 */
public record Target(
        String name, int layer, String weight, long fromRow, long rows, long columns, boolean whole, List<Axis> axes) {

    /** Whether it maps vectors to vectors: a low-rank change makes sense. */
    public boolean isMatrix() {
        return columns > 1;
    }

    /** The name of a tensor that belongs to this target, in the PEFT layout: {@code base_model.model.…in_proj.} and the rest, for a
     * slice {@code …in_proj.x.}. */
    public String key(String parameter) {
        String module = weight.endsWith(".weight") ? weight.substring(0, weight.length() - ".weight".length()) : weight;
        return PeftKeys.PREFIX + module + (whole ? "" : "." + name) + "." + parameter;
    }
}
