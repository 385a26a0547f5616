package org.statecraft.model.records;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.statecraft.model.InputException;
import org.statecraft.model.records.Mistakes.Kind;

/** Reads JSON objects: one on each line, or the elements of one array. Numbers keep their digits: 1.0 stays 1.0. */
final class JsonRecords {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonRecords() {}

    static ObjectNode object(String field, String text) {
        return JsonNodeFactory.instance.objectNode().put(field, text);
    }

    /** Whether the first character that is not blank opens an array. */
    static boolean beginsArray(Path file) {
        boolean[] array = new boolean[1];
        TextInput.read(file, reader -> {
            int c = reader.read();
            while (c >= 0 && Character.isWhitespace(c)) {
                c = reader.read();
            }
            array[0] = c == '[';
        });
        return array[0];
    }

    static void lines(Path file, Consumer<DataRecord> records, Mistakes mistakes) {
        TextInput.lines(file, (line, text) -> {
            try {
                accept(file, line, JSON.readTree(text), records, mistakes);
            } catch (JsonProcessingException e) {
                String found = "is not JSON: " + e.getOriginalMessage() + " (column "
                        + e.getLocation().getColumnNr() + ")";
                mistakes.add(Kind.MALFORMED, file.toString(), line, found);
            }
        });
    }

    /** What is no JSON in the middle of an array makes the rest unreadable, so it fails at once. */
    static void array(Path file, Consumer<DataRecord> records, Mistakes mistakes) {
        TextInput.read(file, reader -> {
            try {
                elements(file, reader, records, mistakes);
            } catch (JsonProcessingException e) {
                throw new InputException(
                        file + ":" + e.getLocation().getLineNr() + ":"
                                + e.getLocation().getColumnNr() + ": not JSON: " + e.getOriginalMessage()
                                + "; the file was changed or damaged",
                        e);
            }
        });
    }

    private static void elements(Path file, Reader reader, Consumer<DataRecord> records, Mistakes mistakes)
            throws IOException {
        try (JsonParser parser = JSON.createParser(reader)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new InputException(file + " does not begin with '['; expected a JSON array of objects");
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                int line = parser.currentTokenLocation().getLineNr();
                accept(file, line, readTree(parser), records, mistakes);
            }
            if (parser.nextToken() != null) {
                int line = parser.currentTokenLocation().getLineNr();
                throw new InputException(file + ":" + line + ": something follows the end of the JSON array");
            }
        }
    }

    /** The mapper itself refuses tokens that follow, and here the next element does. */
    private static JsonNode readTree(JsonParser parser) throws IOException {
        return JSON.reader()
                .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readTree(parser);
    }

    private static void accept(Path file, int line, JsonNode value, Consumer<DataRecord> records, Mistakes mistakes) {
        if (value instanceof ObjectNode object) {
            records.accept(new DataRecord(file.toString(), line, object));
        } else {
            mistakes.add(Kind.MALFORMED, file.toString(), line, "is no JSON object");
        }
    }
}
