package org.statecraft.eval.tasks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/** Reads the data files of tasks. */
final class DataFiles {
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private DataFiles() {}

    /** The whole file, its line ends as they are. */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new InputException(file + " is not UTF-8 text; convert it first", e);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    /** One JSON object from each line, every one with a string under {@code field}. */
    static List<ObjectNode> jsonLines(Path file, String field) {
        List<ObjectNode> objects = new ArrayList<>();
        // not String.lines(): a JSON string may hold a bare U+0085 or U+2028, and a bare CR ends no line of JSON Lines
        String[] lines = text(file).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            boolean afterLastLine = i == lines.length - 1 && lines[i].isEmpty();
            if (!afterLastLine) {
                objects.add(object(file + ":" + (i + 1), lines[i], field));
            }
        }
        if (objects.isEmpty()) {
            throw new InputException(file + " is empty; JSON objects were expected, one for each line");
        }
        return objects;
    }

    private static ObjectNode object(String place, String line, String field) {
        try {
            JsonNode value = JSON.readTree(line);
            if (value instanceof ObjectNode object && object.path(field).isTextual()) {
                return object;
            }
            throw new InputException(
                    place + ": expected a JSON object with a string under \"" + field + "\", found " + found(value));
        } catch (JsonProcessingException e) {
            throw new InputException(
                    place + ":" + e.getLocation().getColumnNr() + ": not JSON: " + e.getOriginalMessage()
                            + "; expected one JSON object for each line",
                    e);
        }
    }

    private static String found(JsonNode value) {
        if (value.isMissingNode()) {
            return "an empty line";
        }
        String text = value.toString();
        return text.length() <= 80 ? text : text.substring(0, 80) + "…";
    }
}
