package org.statecraft.peft;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.statecraft.model.InputException;

/** Targets and layers in {@code adapter_config.json}: {@code target_modules} and {@code layers}, as lists. */
public final class StoredSelection {
    private static final String TARGETS = "target_modules";
    private static final String LAYERS = "layers";

    private StoredSelection() {}

    /** What a configuration says about these targets. */
    public static Map<String, Object> of(List<Target> targets) {
        Map<String, Object> fields = new TreeMap<>();
        fields.put(TARGETS, targets.stream().map(Target::name).distinct().toList());
        fields.put(LAYERS, layers(targets));
        return fields;
    }

    private static List<Integer> layers(List<Target> targets) {
        return targets.stream()
                .map(Target::layer)
                .filter(layer -> layer >= 0)
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * The settings of a stored adapter.
     *
     * @param make from names of targets and layers
     * @throws InputException naming the file, when they do not fit the method
     */
    public static <T> T read(StoredAdapter stored, BiFunction<List<String>, LayerRange, T> make) {
        List<String> targets = new ArrayList<>();
        stored.config().path(TARGETS).forEach(name -> targets.add(name.asText()));
        if (targets.isEmpty()) {
            throw new InputException(stored.configFile() + ": target_modules is missing or empty; expected a list of"
                    + " names as conv1d.bias");
        }
        try {
            return make.apply(targets, layers(stored));
        } catch (InputException e) {
            throw new InputException(stored.configFile() + ": " + e.getMessage(), e);
        }
    }

    /** The layers of a stored adapter; all where none is named. */
    public static LayerRange layers(StoredAdapter stored) {
        List<Integer> layers = new ArrayList<>();
        for (JsonNode layer : stored.config().path(LAYERS)) {
            layers.add(layer.asInt());
        }
        return layers.isEmpty() ? LayerRange.ALL : LayerRange.of(layers);
    }
}
