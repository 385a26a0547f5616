package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes.Kind;

/** The fields of a record, asked for with what they must be; what they are not is an {@link UnusableRecordException}. */
record Fields(DataRecord record) {

    static ObjectNode row() {
        return JsonNodeFactory.instance.objectNode();
    }

    boolean has(String field) {
        return record.has(field);
    }

    String text(String field) {
        JsonNode value = value(field);
        if (!value.isTextual()) {
            throw new UnusableRecordException(Kind.MIXED_TYPES, "has no text in '" + field + "': " + shown(value));
        }
        return value.textValue();
    }

    /** A list of at least one text. */
    List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : value(field)) {
            if (!text.isTextual()) {
                String found = "has something else than texts in '" + field + "': " + shown(text);
                throw new UnusableRecordException(Kind.MIXED_TYPES, found);
            }
            texts.add(text.textValue());
        }
        if (texts.isEmpty()) {
            throw new UnusableRecordException(Kind.MISSING_FIELD, "has no list of texts in '" + field + "'");
        }
        return texts;
    }

    /** The index of a label that stands there by its name or as that index, which may be a text. */
    int label(String field, List<String> names) {
        String value = value(field).asText();
        int named = names.indexOf(value);
        return named >= 0 ? named : index(field, value, names.size(), String.join(", ", names) + " or ");
    }

    /** A number from 0 to {@code classes - 1}, which may be a text. */
    int label(String field, int classes) {
        return index(field, value(field).asText(), classes, "");
    }

    private static int index(String field, String value, int classes, String expected) {
        if (value.matches("\\d{1,3}") && Integer.parseInt(value) < classes) {
            return Integer.parseInt(value);
        }
        String found =
                "has '" + value + "' in '" + field + "', expected " + expected + "a number from 0 to " + (classes - 1);
        throw new UnusableRecordException(Kind.UNKNOWN_LABEL, found);
    }

    private JsonNode value(String field) {
        if (!record.has(field)) {
            throw new UnusableRecordException(Kind.MISSING_FIELD, "has no '" + field + "'");
        }
        return record.fields().get(field);
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
