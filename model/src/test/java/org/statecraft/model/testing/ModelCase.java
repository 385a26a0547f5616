package org.statecraft.model.testing;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.safetensors.SafetensorsFile;

/**
 * One folder of {@code fixtures/models}: a model, its golden arrays and its golden figures, open for the time of a test.
 * Cases come from {@code manifest.json}; those of layouts or architectures that cannot be loaded are left out there.
 */
public final class ModelCase implements AutoCloseable {
    private final Path folder;
    private final JsonNode figures;
    private final SafetensorsFile arrays;
    private final LanguageModel model;
    private final NDManager scope;

    private ModelCase(Path folder) {
        this.folder = folder;
        this.figures = Fixtures.json(folder.resolve("golden.json"));
        this.arrays = SafetensorsFile.open(folder.resolve("golden.safetensors"));
        this.model = LanguageModel.load(folder, Device.cpu());
        this.scope = model.newScope();
    }

    public static ModelCase open(String name) {
        return new ModelCase(Fixtures.dir("models").resolve(name));
    }

    /** Names of the Mamba-2 cases in the Hugging Face layout. */
    public static List<String> names(boolean fullGoldens) {
        JsonNode cases =
                Fixtures.json(Fixtures.dir("models").resolve("manifest.json")).path("cases");
        Stream<JsonNode> all = StreamSupport.stream(cases.spliterator(), false);
        List<String> names = all.filter(c -> c.path("format").asText().equals("huggingface"))
                .filter(c -> !fullGoldens || c.path("full_goldens").asBoolean())
                .map(c -> c.path("folder").asText())
                .filter(ModelCase::isMamba2)
                .toList();
        if (names.isEmpty()) {
            throw new IllegalStateException("manifest.json names no Mamba-2 case in the Hugging Face layout");
        }
        return names;
    }

    private static boolean isMamba2(String name) {
        Path config = Fixtures.dir("models").resolve(name).resolve("config.json");
        return Files.exists(config)
                && Fixtures.json(config).path("model_type").asText().equals("mamba2");
    }

    public Path folder() {
        return folder;
    }

    public JsonNode figures() {
        return figures;
    }

    public LanguageModel model() {
        return model;
    }

    /** Where this case's arrays live. */
    public NDManager scope() {
        return scope;
    }

    public NDArray array(String key) {
        return arrays.array(scope, key);
    }

    public boolean has(String key) {
        return arrays.tensors().containsKey(key);
    }

    /** All golden keys that start with {@code prefix}. */
    public List<String> keys(String prefix) {
        return new ArrayList<>(arrays.tensors().keySet())
                .stream().filter(key -> key.startsWith(prefix)).toList();
    }

    @Override
    public void close() {
        scope.close();
        model.close();
        arrays.close();
    }

    @Override
    public String toString() {
        return folder.getFileName().toString();
    }
}
