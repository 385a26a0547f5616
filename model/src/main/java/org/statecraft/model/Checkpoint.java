package org.statecraft.model;

import ai.djl.ndarray.NDManager;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
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
    private static final Pattern ATTENTION = Pattern.compile("Wqkv|[qkv]_proj|attn");

    private final Path folder;
    private final ModelConfig config;
    private final Configuration configuration;
    private final TensorStore tensors;
    /** Names in the file by the names of the Hugging Face layout. */
    private final Map<String, String> storedName = new LinkedHashMap<>();

    private final List<LayerShape> shapes;
    private final boolean tied;

    private Checkpoint(Path folder, Configuration configuration, TensorStore tensors) {
        this.folder = folder;
        this.config = configuration.config();
        this.configuration = configuration;
        this.tensors = tensors;
        for (String name : tensors.tensors().keySet()) {
            String other = storedName.put(huggingFaceName(name), name);
            if (other != null) {
                throw new InputException(folder + ": " + other + " and " + name + " are the same parameter");
            }
        }
        this.shapes = inferShapes();
        this.tied = !storedName.containsKey(HEAD) || (config.tieWordEmbeddings() && headEqualsEmbedding());
    }

    /** Opens a model folder of any supported layout; what is wrong with configuration and weight files is reported together. */
    public static Checkpoint open(Path folder) {
        List<InputException> problems = new ArrayList<>();
        Configuration configuration = attempt(() -> Configuration.read(folder), problems);
        TensorStore tensors = Files.isDirectory(folder) ? attempt(() -> TensorStore.open(folder), problems) : null;
        try {
            if (problems.size() == 1) {
                throw problems.get(0);
            } else if (!problems.isEmpty()) {
                throw new InputException(
                        problems.stream().map(Throwable::getMessage).collect(Collectors.joining("\n")));
            }
            return new Checkpoint(folder, configuration, tensors);
        } catch (RuntimeException e) {
            if (tensors != null) {
                tensors.close();
            }
            throw e;
        }
    }

    private static <T> T attempt(Supplier<T> reading, List<InputException> problems) {
        try {
            return reading.get();
        } catch (InputException e) {
            problems.add(e);
            return null;
        }
    }

    /** State-spaces calls the embedding otherwise, and Codestral's own layout puts one more word in front. */
    private static String huggingFaceName(String stored) {
        String name = stored.startsWith("model.") ? stored.substring("model.".length()) : stored;
        return name.equals("backbone.embedding.weight") ? EMBEDDING : name;
    }

    /** The name in the files of a parameter of the Hugging Face layout. */
    String storedName(String name) {
        return storedName.get(name);
    }

    public Path folder() {
        return folder;
    }

    public ModelConfig config() {
        return config;
    }

    public Layout layout() {
        return configuration.layout();
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

    /** True for a stored head that only repeats the embedding, and is not counted. */
    public boolean repeatsEmbedding(TensorInfo tensor) {
        return tied && tensor.name().equals(storedName.get(HEAD));
    }

    /** What deviates from a usual checkpoint, one finding in a line; empty where nothing does. */
    public List<String> unusual() {
        return new Unusual(configuration, shapes, stored(), tied)
                .findings(tensors.files().size(), Files.exists(folder.resolve(Tokenizer.FILE)));
    }

    /** The tensors under the names of the Hugging Face layout. */
    private Map<String, TensorInfo> stored() {
        Map<String, TensorInfo> byName = new LinkedHashMap<>();
        storedName.forEach((name, stored) -> byName.put(name, tensors.info(stored)));
        return byName;
    }

    /** A tied file may still hold the head; where the two differ, both are used. */
    private boolean headEqualsEmbedding() {
        TensorInfo head = tensors.info(storedName.get(HEAD));
        TensorInfo embedding = tensors.info(storedName.get(EMBEDDING));
        return head.dtype() == embedding.dtype() && tensors.sameBytes(head.name(), embedding.name());
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
        Map<String, TensorInfo> byName = stored();
        Set<String> expected = new TreeSet<>();
        List<String> problems = new ArrayList<>();
        LayerTensors outside = new LayerTensors(byName, "", expected, problems);
        outside.check(EMBEDDING, config.embeddingRows(), config.hiddenSize());
        outside.check(FINAL_NORM, config.hiddenSize());
        outside.optional(HEAD, config.embeddingRows(), config.hiddenSize());
        if (!config.tieWordEmbeddings() && !outside.has(HEAD)) {
            outside.problem(HEAD, "is missing, although the configuration does not tie the head to the embedding");
        }
        List<LayerShape> found = new ArrayList<>();
        for (int i = 0; i < config.numHiddenLayers(); i++) {
            found.add(config.shape(new LayerTensors(byName, layerPrefix(i), expected, problems)));
        }
        Set<String> unknown = new TreeSet<>(byName.keySet());
        unknown.removeAll(expected);
        if (!unknown.isEmpty()) {
            problems.add("tensors that a " + config.architecture() + " model does not have: "
                    + unknown.stream().limit(5).collect(Collectors.joining(", "))
                    + (unknown.size() > 5 ? " and " + (unknown.size() - 5) + " more" : "")
                    + reason(unknown));
        }
        if (!problems.isEmpty()) {
            throw new InputException(folder + ": tensors and configuration do not fit together:\n  "
                    + problems.stream().limit(20).collect(Collectors.joining("\n  ")));
        }
        return List.copyOf(found);
    }

    private static String reason(Set<String> unknown) {
        if (unknown.stream().anyMatch(name -> name.contains(".mlp."))) {
            return "; a gated MLP behind the mixers is not supported";
        }
        return unknown.stream().anyMatch(name -> ATTENTION.matcher(name).find())
                ? "; layers of attention are not supported"
                : "";
    }

    /** Parameters of the model; a tied head counts once. */
    public long parameterCount() {
        return tensors.tensors().values().stream()
                .filter(tensor -> !repeatsEmbedding(tensor))
                .mapToLong(TensorInfo::elements)
                .sum();
    }
}
