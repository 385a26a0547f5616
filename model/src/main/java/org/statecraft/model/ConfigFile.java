package org.statecraft.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.files.JsonFiles;

/** A model's {@code config.json}: typed access that collects every problem before it complains. */
public final class ConfigFile {
    private final Path path;
    private final JsonNode json;
    private final List<String> problems = new ArrayList<>();

    private ConfigFile(Path path, JsonNode json) {
        this.path = path;
        this.json = json;
    }

    /** Reads {@code config.json} of a model folder. */
    public static ConfigFile of(Path modelFolder) {
        Path path = modelFolder.resolve("config.json");
        if (!Files.isDirectory(modelFolder)) {
            throw new InputException("no model folder at " + modelFolder
                    + ": expected a folder with config.json, model.safetensors and tokenizer.json");
        }
        if (!Files.isRegularFile(path)) {
            throw new InputException(modelFolder + " holds no config.json; is it the folder of a model?");
        }
        JsonNode json = JsonFiles.read(path);
        if (!json.isObject()) {
            throw new InputException(path + ": expected a JSON object");
        }
        return new ConfigFile(path, json);
    }

    public JsonNode json() {
        return json;
    }

    public String text(String key) {
        return json.path(key).asText("");
    }

    public int positive(String key, int otherwise) {
        JsonNode node = json.path(key);
        if (node.isMissingNode()) {
            return otherwise;
        }
        if (!node.isInt() || node.intValue() < 1) {
            problem(key + " is " + node + ", expected a positive whole number");
            return otherwise;
        }
        return node.intValue();
    }

    public double number(String key, double otherwise) {
        JsonNode node = json.path(key);
        if (node.isMissingNode()) {
            return otherwise;
        }
        if (!node.isNumber()) {
            problem(key + " is " + node + ", expected a number");
        }
        return node.asDouble();
    }

    public boolean flag(String key, boolean otherwise) {
        JsonNode node = json.path(key);
        if (node.isMissingNode()) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            problem(key + " is " + node + ", expected true or false");
        }
        return node.booleanValue();
    }

    /** One id, a list of ids or nothing. */
    public List<Integer> tokenIds(String key) {
        JsonNode node = json.path(key);
        if (node.isInt()) {
            return List.of(node.intValue());
        }
        List<Integer> ids = new ArrayList<>();
        node.forEach(id -> ids.add(id.intValue()));
        return List.copyOf(ids);
    }

    /** A key that may be absent but otherwise has the one value that is supported. */
    public void requireValue(String key, String supported) {
        JsonNode node = json.path(key);
        if (!node.isMissingNode() && !node.asText().equals(supported)) {
            problem(key + " is " + node + "; only " + supported + " is supported");
        }
    }

    public void problem(String problem) {
        problems.add(problem);
    }

    public void throwIfProblems() {
        if (!problems.isEmpty()) {
            throw new InputException(path + ":\n  " + String.join("\n  ", problems));
        }
    }
}
