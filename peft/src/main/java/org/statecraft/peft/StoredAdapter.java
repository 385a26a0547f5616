package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.statecraft.model.InputException;
import org.statecraft.model.safetensors.SafetensorsFile;

/** An adapter folder while it is read. */
public final class StoredAdapter {
    /** The key of {@link TunableAdapter#covered()} in {@code adapter_config.json}. */
    public static final String COVERED = "covered";

    private static final int PROBLEMS_SHOWN = 10;

    private final Path configFile;
    private final JsonNode config;
    private final SafetensorsFile tensors;
    private final Map<String, String> names;

    /**
     * An open folder.
     *
     * @param configFile where {@code config} comes from
     * @param config {@code adapter_config.json}; unknown keys are nobody's concern
     * @param tensors {@code adapter_model.safetensors}
     */
    public StoredAdapter(Path configFile, JsonNode config, SafetensorsFile tensors) {
        this(configFile, config, tensors, new LinkedHashMap<>());
        tensors.tensors().keySet().forEach(name -> names.put(PeftKeys.inHuggingFaceLayout(name), name));
    }

    private StoredAdapter(Path configFile, JsonNode config, SafetensorsFile tensors, Map<String, String> names) {
        this.configFile = configFile;
        this.config = config;
        this.tensors = tensors;
        this.names = names;
    }

    /** The same folder without some of its tensors. */
    public StoredAdapter without(Predicate<String> name) {
        Map<String, String> others = new LinkedHashMap<>(names);
        others.keySet().removeIf(name);
        return new StoredAdapter(configFile, config, tensors, others);
    }

    public Path configFile() {
        return configFile;
    }

    public JsonNode config() {
        return config;
    }

    /** The names of the tensors, the embedding spelled as in the Hugging Face layout. */
    public Set<String> names() {
        return Collections.unmodifiableSet(names.keySet());
    }

    /** What {@link TunableAdapter#covered()} of the stored adapter was. */
    public Map<String, List<Integer>> covered() {
        Map<String, List<Integer>> covered = new LinkedHashMap<>();
        config.path(COVERED).properties().forEach(tensor -> {
            List<Integer> entries = new ArrayList<>();
            tensor.getValue().forEach(entry -> entries.add(entry.asInt()));
            covered.put(tensor.getKey(), List.copyOf(entries));
        });
        return covered;
    }

    /** The layers under {@code layers}; {@link LayerRange#ALL} where there is no such list. */
    public LayerRange layers() {
        List<Integer> layers = new ArrayList<>();
        config.path("layers").forEach(layer -> layers.add(layer.asInt()));
        return layers.isEmpty() ? LayerRange.ALL : LayerRange.of(layers);
    }

    /**
     * Loads exactly the expected tensors in float32.
     *
     * @param expected shapes by name; the result has the same order
     * @throws InputException naming every tensor that is missing, unknown or of another shape
     */
    public Map<String, NDArray> parameters(NDManager manager, Map<String, Shape> expected) {
        List<String> problems = new ArrayList<>();
        expected.forEach((key, shape) -> {
            if (!names.containsKey(key)) {
                problems.add(key + " is missing, expected shape " + shape);
            } else if (!tensors.info(names.get(key)).shape().equals(shape)) {
                problems.add(key + " has shape " + tensors.info(names.get(key)).shape() + ", expected " + shape);
            }
        });
        names.keySet().stream()
                .filter(key -> !expected.containsKey(key))
                .forEach(key -> problems.add(key + " has no place in this model"));
        if (!problems.isEmpty()) {
            int more = problems.size() - PROBLEMS_SHOWN;
            throw new InputException(tensors.path() + ": the adapter does not fit the model; check "
                    + "base_model_name_or_path in its adapter_config.json:\n  "
                    + String.join("\n  ", problems.subList(0, Math.min(PROBLEMS_SHOWN, problems.size())))
                    + (more > 0 ? "\n  and " + more + " more" : ""));
        }
        Map<String, NDArray> loaded = new LinkedHashMap<>();
        expected.keySet().forEach(key -> loaded.put(key, tensors.float32(manager, names.get(key))));
        return loaded;
    }
}
