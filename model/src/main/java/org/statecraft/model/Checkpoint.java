package org.statecraft.model;

import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.statecraft.model.safetensors.TensorInfo;
import org.statecraft.model.safetensors.TensorStore;

/**
 * A model folder: configuration and tensors. Every dimension is inferred from the tensors' shapes and checked against the
 * configuration before anything is loaded; all differences are reported together.
 *
 * <p>Parameters have the names of the Hugging Face layout, whatever the layout of the folder.
 */
public final class Checkpoint implements AutoCloseable {
    static final String EMBEDDING = "backbone.embeddings.weight";
    static final String FINAL_NORM = "backbone.norm_f.weight";
    static final String HEAD = "lm_head.weight";

    private final Path folder;
    private final ModelConfig config;
    private final TensorStore tensors;
    /** Names in the file by the names of the Hugging Face layout. */
    private final Map<String, String> storedName = new LinkedHashMap<>();

    private final List<LayerShape> shapes;
    private final boolean tied;

    private Checkpoint(Path folder, ModelConfig config, TensorStore tensors) {
        this.folder = folder;
        this.config = config;
        this.tensors = tensors;
        for (String name : tensors.tensors().keySet()) {
            storedName.put(huggingFaceName(name), name);
        }
        this.shapes = inferShapes();
        this.tied = !storedName.containsKey(HEAD) || (config.tieWordEmbeddings() && headEqualsEmbedding());
    }

    /** Opens a model folder of any supported layout. */
    public static Checkpoint open(Path folder) {
        ModelConfig config = Configurations.read(folder);
        TensorStore tensors = TensorStore.open(folder);
        try {
            return new Checkpoint(folder, config, tensors);
        } catch (RuntimeException e) {
            tensors.close();
            throw e;
        }
    }

    /** State-spaces calls the embedding otherwise, and Codestral's own layout puts one more word in front. */
    private static String huggingFaceName(String stored) {
        String name = stored.startsWith("model.") ? stored.substring("model.".length()) : stored;
        return name.equals("backbone.embedding.weight") ? EMBEDDING : name;
    }

    public Path folder() {
        return folder;
    }

    public ModelConfig config() {
        return config;
    }

    /** Sizes of each layer. */
    public List<LayerShape> shapes() {
        return shapes;
    }

    public TensorStore tensors() {
        return tensors;
    }

    /** True where the output head is the embedding itself. */
    public boolean tied() {
        return tied;
    }

    /** A tied file may still hold the head; where the two differ, both are used. */
    private boolean headEqualsEmbedding() {
        TensorInfo head = tensors.info(storedName.get(HEAD));
        TensorInfo embedding = tensors.info(storedName.get(EMBEDDING));
        if (head.dtype() != embedding.dtype() || head.bytes() != embedding.bytes()) {
            return false;
        }
        if (head.bytes() > Integer.MAX_VALUE) {
            return true;
        }
        ByteBuffer left = tensors.bytes(head.name());
        return left.equals(tensors.bytes(embedding.name()));
    }

    static String layerPrefix(int layer) {
        return "backbone.layers." + layer + ".";
    }

    Weight weight(NDManager manager, String name) {
        return Weight.of(tensors.float32(manager, storedName.get(name)));
    }

    Layer layer(NDManager manager, int index) {
        String prefix = layerPrefix(index);
        return config.layer(shapes.get(index), new ModelConfig.LayerWeights() {
            @Override
            public Weight get(String name) {
                return weight(manager, prefix + name);
            }

            @Override
            public Weight orNull(String name) {
                return storedName.containsKey(prefix + name) ? get(name) : null;
            }
        });
    }

    @Override
    public void close() {
        tensors.close();
    }

    /** Reads the sizes off the tensors and compares them with the configuration. */
    private List<LayerShape> inferShapes() {
        Map<String, TensorInfo> byName = new LinkedHashMap<>();
        storedName.forEach((name, stored) -> byName.put(name, tensors.info(stored)));
        Set<String> expected = new TreeSet<>();
        List<String> problems = new ArrayList<>();
        LayerTensors outside = new LayerTensors(byName, "", expected, problems);
        outside.check(EMBEDDING, config.embeddingRows(), config.hiddenSize());
        outside.check(FINAL_NORM, config.hiddenSize());
        outside.optional(HEAD, config.embeddingRows(), config.hiddenSize());
        List<LayerShape> found = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            found.add(config.shape(new LayerTensors(byName, layerPrefix(i), expected, problems)));
        }
        Set<String> unknown = new TreeSet<>(byName.keySet());
        unknown.removeAll(expected);
        if (!unknown.isEmpty()) {
            problems.add("tensors that a " + config.architecture() + " model does not have: "
                    + unknown.stream().limit(5).collect(Collectors.joining(", "))
                    + (unknown.size() > 5 ? " and " + (unknown.size() - 5) + " more" : ""));
        }
        if (!problems.isEmpty()) {
            throw new InputException(folder + ": tensors and configuration do not fit together:\n  "
                    + problems.stream().limit(20).collect(Collectors.joining("\n  ")));
        }
        return List.copyOf(found);
    }

    /** Parameters of the model; a tied head counts once. */
    public long parameterCount() {
        return tensors.tensors().entrySet().stream()
                .filter(e -> !(tied && e.getKey().equals(storedName.get(HEAD))))
                .mapToLong(e -> e.getValue().shape().size())
                .sum();
    }
}
