package org.statecraft.model.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.statecraft.model.InputException;

/**
 * Reads JSON files with messages that name the place. {@code NaN} and {@code Infinity} may stand for numbers, as Python writes
 * them; keys that a record does not have are passed over.
 */
public final class JsonFiles {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private JsonFiles() {}

    /**
     * The content of a file.
     *
     * @throws InputException if it cannot be read or is no JSON
     */
    public static JsonNode read(Path file) {
        return read(file, JsonNode.class);
    }

    /**
     * The content of a file as a record whose components are its keys.
     *
     * @throws InputException if it cannot be read, is no JSON or does not fit the record
     */
    public static <T> T read(Path file, Class<T> type) {
        try {
            return JSON.readValue(file.toFile(), type);
        } catch (JsonProcessingException e) {
            String place = e.getLocation() == null
                    ? ""
                    : ":" + e.getLocation().getLineNr() + ":" + e.getLocation().getColumnNr();
            throw new InputException(
                    file + place + ": " + e.getOriginalMessage() + "; the file was changed or damaged", e);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }
}
