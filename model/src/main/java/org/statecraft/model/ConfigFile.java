package org.statecraft.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.statecraft.model.files.JsonFiles;

/**
 * A model's configuration file, or a section of it: typed access that collects every problem before it complains, and remembers
 * which keys were asked for.
 */
public final class ConfigFile {
    private static final String NAME = "config.json";
    private static final Pattern INFINITY = Pattern.compile("\\+?inf(inity)?", Pattern.CASE_INSENSITIVE);

    private final Path path;
    private final String section;
    private final JsonNode json;
    private final List<String> problems;
    /** With the sections that they stand in. */
    private final Set<String> asked;

    private ConfigFile(Path path, String section, JsonNode json, List<String> problems, Set<String> asked) {
        this.path = path;
        this.section = section;
        this.json = json;
        this.problems = problems;
        this.asked = asked;
    }

    /** Reads {@code config.json} of a model folder. */
    public static ConfigFile of(Path modelFolder) {
        if (!Files.isDirectory(modelFolder)) {
            throw new InputException("no model folder at " + modelFolder
                    + ": expected a folder with config.json, model.safetensors and tokenizer.json");
        }
        if (!Files.isRegularFile(modelFolder.resolve(NAME))) {
            throw new InputException(modelFolder + " holds no config.json; is it the folder of a model?");
        }
        return of(modelFolder, NAME);
    }

    /** Reads a configuration of that name. */
    static ConfigFile of(Path modelFolder, String name) {
        Path path = modelFolder.resolve(name);
        JsonNode json = JsonFiles.read(path);
        if (!json.isObject()) {
            throw new InputException(path + ": expected a JSON object");
        }
        return new ConfigFile(path, "", json, new ArrayList<>(), new HashSet<>());
    }

    /** The object under a key, empty where there is none; its problems are reported with those of the file. */
    public ConfigFile section(String key) {
        JsonNode child = node(key);
        if (!absent(child) && !child.isObject()) {
            problem(key + " is " + child + ", expected an object");
        }
        return new ConfigFile(path, section + key + ".", child, problems, asked);
    }

    public Path path() {
        return path;
    }

    /** What stands under a key; a missing node where nothing does. */
    public JsonNode node(String key) {
        asked.add(section + key);
        return json.path(key);
    }

    boolean has(String key) {
        return !absent(node(key));
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    /**
     * Keys that nobody asked for, in the order of the file, with the sections that they stand in.
     *
     * @param harmless keys that change nothing
     */
    List<String> unknownKeys(Set<String> harmless) {
        List<String> unknown = new ArrayList<>();
        addUnknown("", json, harmless, unknown);
        return unknown;
    }

    private void addUnknown(String prefix, JsonNode object, Set<String> harmless, List<String> unknown) {
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String key = prefix + entry.getKey();
            if (asked.stream().anyMatch(a -> a.startsWith(key + "."))) {
                addUnknown(key + ".", entry.getValue(), harmless, unknown);
            } else if (!asked.contains(key) && !harmless.contains(entry.getKey())) {
                unknown.add(key);
            }
        }
    }

    public String text(String key) {
        return node(key).asText("");
    }

    public int positive(String key, int otherwise) {
        JsonNode node = node(key);
        if (absent(node)) {
            return otherwise;
        }
        if (!node.isInt() || node.intValue() < 1) {
            problem(key + " is " + node + ", expected a positive whole number");
            return otherwise;
        }
        return node.intValue();
    }

    /** Rows of an embedding whose vocabulary is rounded up to {@code pad_vocab_size_multiple}. */
    public int paddedVocabulary(int vocabulary, int otherwise) {
        int multiple = positive("pad_vocab_size_multiple", otherwise);
        return (vocabulary + multiple - 1) / multiple * multiple;
    }

    public double number(String key, double otherwise) {
        JsonNode node = node(key);
        if (absent(node)) {
            return otherwise;
        }
        if (!node.isNumber()) {
            problem(key + " is " + node + ", expected a number");
        }
        return node.asDouble();
    }

    public boolean flag(String key, boolean otherwise) {
        JsonNode node = node(key);
        if (absent(node)) {
            return otherwise;
        }
        if (!node.isBoolean()) {
            problem(key + " is " + node + ", expected true or false");
        }
        return node.booleanValue();
    }

    /** True or false where the file says so, else null. */
    public Boolean flagOrNull(String key) {
        return absent(node(key)) ? null : (Boolean) flag(key, false);
    }

    /** One id, a list of ids or nothing. */
    public List<Integer> tokenIds(String key) {
        JsonNode node = node(key);
        if (node.isInt()) {
            return List.of(node.intValue());
        }
        List<Integer> ids = new ArrayList<>();
        node.forEach(id -> ids.add(id.intValue()));
        return List.copyOf(ids);
    }

    /** A key that may be absent but otherwise has the one value that is supported. */
    public void requireValue(String key, String supported) {
        JsonNode node = node(key);
        if (!absent(node) && !node.asText().equals(supported)) {
            problem(key + " is " + node + "; only " + supported + " is supported");
        }
    }

    public void problem(String problem) {
        problems.add(section + problem);
    }

    /**
     * Two bounds, {@code [0, ∞]} where the key is absent. Infinity is written as {@code Infinity}, as a string, or as
     * {@code {"__float__": "Infinity"}} by transformers 5.
     */
    public double[] limits(String key) {
        JsonNode node = node(key);
        if (absent(node)) {
            return new double[] {0, Double.POSITIVE_INFINITY};
        }
        double[] limits = {limit(node.path(0)), limit(node.path(1))};
        if (node.size() != 2 || !(limits[0] >= 0 && limits[1] > limits[0])) {
            problem(key + " is " + node + ", expected two numbers [lower, upper] with 0 ≤ lower < upper");
        }
        return limits;
    }

    private static double limit(JsonNode written) {
        JsonNode entry = written.has("__float__") ? written.get("__float__") : written;
        if (entry.isNumber()) {
            return entry.doubleValue();
        }
        return INFINITY.matcher(entry.asText()).matches() ? Double.POSITIVE_INFINITY : Double.NaN;
    }

    public void throwIfProblems() {
        if (!problems.isEmpty()) {
            throw new InputException(path + ":\n  " + String.join("\n  ", problems));
        }
    }
}
