package org.statecraft.eval.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One document of a data file.
 *
 * @param fields as the file has them, in their order
 * @param values the same as texts, numbers, lists and maps, for templates
 */
public record Row(ObjectNode fields, Map<String, Object> values) {

    static Row of(ObjectNode fields) {
        return new Row(fields, map(fields));
    }

    boolean has(String field) {
        return values.containsKey(field);
    }

    Object value(String field) {
        return values.get(field);
    }

    private static Map<String, Object> map(JsonNode object) {
        Map<String, Object> map = new LinkedHashMap<>();
        object.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
        return map;
    }

    private static Object plain(JsonNode value) {
        if (value.isObject()) {
            return map(value);
        } else if (value.isArray()) {
            List<Object> list = new ArrayList<>();
            value.forEach(element -> list.add(plain(element)));
            return list;
        } else if (value.isTextual()) {
            return value.textValue();
        } else if (value.isIntegralNumber()) {
            return value.longValue();
        } else if (value.isNumber()) {
            return value.doubleValue();
        } else if (value.isBoolean()) {
            return value.booleanValue();
        }
        return null;
    }
}
