package org.statecraft.workbench.gate;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.statecraft.model.NearestNames;

/** The fields of a JSON object, read strictly; every mistake is noted with its place. */
final class JsonFields {
    private final JsonNode object;
    private final String path;
    private final Path file;
    private final List<String> problems;

    /** @param path of the object in the file, with a point behind it; empty for the file itself */
    JsonFields(JsonNode object, String path, Path file, List<String> problems) {
        this.object = object;
        this.path = path;
        this.file = file;
        this.problems = problems;
        if (!object.isObject()) {
            problems.add(file + ": " + (path.isEmpty() ? "" : path.substring(0, path.length() - 1) + ": ")
                    + "not an object");
        }
    }

    JsonFields onlyKeys(Set<String> keys) {
        for (Iterator<String> names = object.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!keys.contains(name)) {
                List<String> near = NearestNames.to(name, keys);
                problem(
                        name,
                        "unknown key" + (near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?"));
            }
        }
        return this;
    }

    void problem(String key, String text) {
        problems.add(file + ": " + path + key + ": " + text);
    }

    void require(boolean holds, String key, String text) {
        if (!holds) {
            problem(key, text);
        }
    }

    String text(String key) {
        String text = optionalText(key);
        if (text == null ? isAbsent(key) : text.isBlank()) {
            problem(key, "missing; a text is needed");
        }
        return text;
    }

    String optionalText(String key) {
        JsonNode node = object.path(key);
        if (isAbsent(key) || node.isTextual()) {
            return node.textValue();
        }
        problem(key, "not a text: " + node);
        return null;
    }

    Double number(String key) {
        if (isAbsent(key)) {
            problem(key, "missing; a number is needed");
        }
        return optionalNumber(key);
    }

    Double optionalNumber(String key) {
        JsonNode node = object.path(key);
        if (isAbsent(key)) {
            return null;
        }
        if (node.isNumber() && Double.isFinite(node.doubleValue())) {
            return node.doubleValue();
        }
        problem(key, "not a finite number: " + node);
        return null;
    }

    Long whole(String key, long least) {
        JsonNode node = object.path(key);
        if (node.isIntegralNumber() && node.longValue() >= least) {
            return node.longValue();
        }
        problem(
                key,
                isAbsent(key) ? "missing; a whole number is needed" : "not a whole number from " + least + ": " + node);
        return null;
    }

    /** The objects of an array; none if it is absent, which is a mistake if it is required. */
    List<JsonFields> array(String key, boolean required) {
        JsonNode node = object.path(key);
        List<JsonFields> entries = new ArrayList<>();
        if (node.isArray() && (!required || !node.isEmpty())) {
            for (int i = 0; i < node.size(); i++) {
                entries.add(new JsonFields(node.get(i), path + key + "[" + i + "].", file, problems));
            }
        } else if (required || !isAbsent(key)) {
            problem(key, isAbsent(key) ? "missing" : "not an array" + (required ? " with entries" : ""));
        }
        return entries;
    }

    private boolean isAbsent(String key) {
        return object.path(key).isMissingNode() || object.path(key).isNull();
    }
}
