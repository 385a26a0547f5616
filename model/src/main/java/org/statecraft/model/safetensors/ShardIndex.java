package org.statecraft.model.safetensors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.safetensors.SafetensorsException.Kind;

/**
 * {@code model.safetensors.index.json}, or {@code pytorch_model.bin.index.json} of the same form: which file of the folder
 * holds which tensor, under {@code weight_map}.
 *
 * @param fileOf plain file names by tensor name
 */
public record ShardIndex(Path path, Map<String, String> fileOf) {
    static final String NAME = "model.safetensors.index.json";
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * Reads an index and checks that it names plain files.
     *
     * @throws SafetensorsException when it breaks the format
     * @throws org.statecraft.model.InputException when it cannot be read
     */
    public static ShardIndex read(Path path) {
        try {
            if (Files.size(path) > HeaderParser.MAX_BYTES) {
                throw invalid(path, Files.size(path) + " bytes", "at most " + HeaderParser.MAX_BYTES);
            }
            return new ShardIndex(
                    path, weightMap(path, JSON.readTree(new String(Files.readAllBytes(path), StandardCharsets.UTF_8))));
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null
                    ? ""
                    : " in line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw invalid(
                    path,
                    "broken JSON" + where + " (" + SafetensorsException.quote(e.getOriginalMessage()) + ")",
                    "a JSON object without repeated keys");
        } catch (IOException e) {
            throw IoFailures.reading(path, e);
        }
    }

    private static Map<String, String> weightMap(Path path, JsonNode root) {
        JsonNode weightMap = root.path("weight_map");
        if (!weightMap.isObject()) {
            throw invalid(path, "no map under \"weight_map\"", "{\"weight_map\": {\"<tensor>\": \"<file>\"}}");
        }
        Map<String, String> fileOf = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : weightMap.properties()) {
            if (!entry.getValue().isTextual()) {
                throw invalid(
                        path,
                        "no string as the file of tensor " + SafetensorsException.quote(entry.getKey()),
                        "a file name");
            }
            String file = entry.getValue().textValue();
            if (!isPlainName(file)) {
                throw SafetensorsException.of(
                        Kind.INDEX_PATH,
                        path,
                        entry.getKey(),
                        "the file " + SafetensorsException.quote(file),
                        "the name of a file in the same folder");
            }
            fileOf.put(entry.getKey(), file);
        }
        return fileOf;
    }

    /** The rule is the same on every system, so that a model that loads on one loads on all. */
    private static boolean isPlainName(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
    }

    private static SafetensorsException invalid(Path path, String found, String expected) {
        return SafetensorsException.of(Kind.INDEX_INVALID, path, found, expected);
    }
}
