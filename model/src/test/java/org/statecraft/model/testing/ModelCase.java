package org.statecraft.model.testing;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.statecraft.model.Kernel;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.reference.ReferenceKernel;
import org.statecraft.model.safetensors.SafetensorsFile;

/**
 * One folder of {@code fixtures/models}: a model, its golden arrays and its golden figures, open for the time of a test.
 * Cases come from {@code manifest.json}.
 */
public final class ModelCase implements AutoCloseable {
    private final Path folder;
    private final JsonNode figures;
    private final SafetensorsFile arrays;
    private final LanguageModel model;
    private final NDManager scope;

    private ModelCase(Path folder, Kernel kernel) {
        this.folder = folder;
        this.figures = Fixtures.json(folder.resolve("golden.json"));
        // the case in shards shares the goldens of the case whose weights it has
        String arraysOf =
                figures.path("same_logits_as").asText(folder.getFileName().toString());
        this.arrays = SafetensorsFile.open(folder.resolveSibling(arraysOf).resolve("golden.safetensors"));
        this.model = LanguageModel.load(folder, Device.cpu()).with(kernel);
        this.scope = model.newScope();
    }

    public static ModelCase open(String name) {
        return open(name, new ReferenceKernel());
    }

    public static ModelCase open(String name, Kernel kernel) {
        return new ModelCase(Fixtures.dir("models").resolve(name), kernel);
    }

    /** All cases. */
    public static List<String> names() {
        return cases().map(c -> c.path("folder").asText()).toList();
    }

    /** The cases that have all goldens. */
    public static List<String> fullNames() {
        return cases().filter(c -> c.path("full_goldens").asBoolean())
                .map(c -> c.path("folder").asText())
                .toList();
    }

    /** The Mamba-2 cases that have all goldens. */
    public static List<String> mamba2Names() {
        return fullNames().stream().filter(name -> name.startsWith("mamba2")).toList();
    }

    private static Stream<JsonNode> cases() {
        JsonNode cases =
                Fixtures.json(Fixtures.dir("models").resolve("manifest.json")).path("cases");
        if (cases.isEmpty()) {
            throw new IllegalStateException("manifest.json names no case");
        }
        return StreamSupport.stream(cases.spliterator(), false);
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
