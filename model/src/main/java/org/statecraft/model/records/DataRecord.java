package org.statecraft.model.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * One record of a data file.
 *
 * @param file as it was named
 * @param line on which the record begins, from 1; records made of one entry of a file have the same line
 * @param fields by name; those of delimited files and text lines are texts
 */
public record DataRecord(String file, int line, ObjectNode fields) {

    /** {@code file:line}. */
    public String place() {
        return file + ":" + line;
    }

    /** Whether the field is there; JSON's null is not. */
    public boolean has(String field) {
        return fields.hasNonNull(field);
    }

    /**
     * A field as a template writes it: a text as it is, numbers and truth values as JSON has them.
     *
     * @throws IllegalStateException if the field is not there or is a list or an object; {@link FieldCheck} finds such records
     */
    public String text(String field) {
        JsonNode value = fields.path(field);
        if (!has(field) || value.isContainerNode()) {
            throw new IllegalStateException(place() + ": the field '" + field + "' holds no text");
        }
        return value.asText();
    }
}
