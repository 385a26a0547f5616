package org.statecraft.workbench.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/** A resolved recipe as values under paths, {@code steps[1].tune.method.rank}. */
final class RecipeLeaves {
    private RecipeLeaves() {}

    /** The leaves in the order of the file; null if there is no file. */
    static Map<String, String> read(Path file) {
        if (!Files.exists(file)) {
            return null;
        }
        try {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            Object tree =
                    new Load(LoadSettings.builder().setLabel(file.toString()).build()).loadFromString(text);
            Map<String, String> leaves = new LinkedHashMap<>();
            collect("", tree, leaves);
            return leaves;
        } catch (YamlEngineException e) {
            throw new InputException(file + ": not YAML (" + e.getMessage() + "); the file was changed or damaged", e);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    private static void collect(String path, Object node, Map<String, String> leaves) {
        if (node instanceof Map<?, ?> map && !map.isEmpty()) {
            map.forEach((key, value) -> collect(path.isEmpty() ? key.toString() : path + "." + key, value, leaves));
        } else if (node instanceof List<?> list && !list.isEmpty()) {
            for (int i = 0; i < list.size(); i++) {
                collect(path + "[" + i + "]", list.get(i), leaves);
            }
        } else {
            leaves.put(path, String.valueOf(node));
        }
    }
}
