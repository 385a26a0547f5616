package org.statecraft.model.records;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.statecraft.model.InputException;
import org.statecraft.model.NearestNames;
import org.statecraft.model.records.Mistakes.Kind;

/**
 * Looks whether records have the fields that are to be used, and whether each field is of one type throughout: a label that is a
 * number here and a text there is a mistake of the file, not two labels.
 */
public final class FieldCheck {

    /** Types of values, as JSON tells them apart. */
    private enum Type {
        TEXT("a text"),
        NUMBER("a number"),
        TRUTH("true or false"),
        CONTAINER("a list or an object");

        private final String noun;

        Type(String noun) {
            this.noun = noun;
        }

        static Type of(JsonNode value) {
            if (value.isContainerNode()) {
                return CONTAINER;
            }
            return value.isNumber() ? NUMBER : value.isBoolean() ? TRUTH : TEXT;
        }
    }

    private FieldCheck() {}

    /**
     * The records that have all of the fields, each in the type that most records have it in; the others are mistakes.
     *
     * @throws InputException when no record has one of the fields; the message names those that are most like it
     */
    public static List<DataRecord> usable(List<DataRecord> records, Collection<String> fields, Mistakes mistakes) {
        if (records.isEmpty()) {
            return records;
        }
        Map<String, Type> types = new LinkedHashMap<>();
        for (String field : fields) {
            types.put(field, typeOf(field, records));
        }
        return records.stream()
                .filter(record -> usable(record, types, mistakes))
                .toList();
    }

    private static Type typeOf(String field, List<DataRecord> records) {
        Map<Type, Integer> counts = new EnumMap<>(Type.class);
        records.stream()
                .filter(record -> record.has(field))
                .forEach(record -> counts.merge(Type.of(record.fields().get(field)), 1, Integer::sum));
        Type most = null;
        for (Map.Entry<Type, Integer> type : counts.entrySet()) {
            most = most == null || type.getValue() > counts.get(most) ? type.getKey() : most;
        }
        if (most == null) {
            throw unknown(field, records);
        }
        if (most == Type.CONTAINER) {
            throw new InputException(records.get(0).file() + ": the field '" + field + "' holds " + Type.CONTAINER.noun
                    + ", which cannot be written into a text; expected a text or a number");
        }
        return most;
    }

    private static InputException unknown(String field, List<DataRecord> records) {
        Set<String> names = new LinkedHashSet<>();
        records.forEach(record -> record.fields().fieldNames().forEachRemaining(names::add));
        List<String> nearest = NearestNames.to(field, names);
        return new InputException(records.get(0).file() + " has no field '" + field + "'; its fields are "
                + String.join(", ", names) + (nearest.isEmpty() ? "" : "; did you mean '" + nearest.get(0) + "'?"));
    }

    private static boolean usable(DataRecord record, Map<String, Type> types, Mistakes mistakes) {
        boolean usable = true;
        for (Map.Entry<String, Type> field : types.entrySet()) {
            String name = field.getKey();
            if (!record.has(name)) {
                mistakes.add(Kind.MISSING_FIELD, record, "has no '" + name + "'");
                usable = false;
            } else if (Type.of(record.fields().get(name)) != field.getValue()) {
                String found = Type.of(record.fields().get(name)).noun;
                mistakes.add(
                        Kind.MIXED_TYPES,
                        record,
                        "has " + found + " in '" + name + "', where most records have " + field.getValue().noun);
                usable = false;
            }
        }
        return usable;
    }
}
