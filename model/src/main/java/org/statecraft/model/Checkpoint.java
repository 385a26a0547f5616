package org.statecraft.model;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.statecraft.model.mamba2.Mamba2Config;
import org.statecraft.model.mamba2.Mamba2Layer;
import org.statecraft.model.mamba2.Mamba2Shape;
import org.statecraft.model.safetensors.TensorStore;

/**
 * A model folder in the Hugging Face layout: {@code config.json} and the tensors. Every dimension is inferred from the
 * tensors' shapes and checked against the configuration before anything is loaded; all differences are reported together.
 */
public final class Checkpoint implements AutoCloseable {
    static final String EMBEDDING = "backbone.embeddings.weight";
    static final String FINAL_NORM = "backbone.norm_f.weight";
    static final String HEAD = "lm_head.weight";

    private final Path folder;
    private final Mamba2Config config;
    private final TensorStore tensors;
    private final List<Mamba2Shape> shapes;

    private Checkpoint(Path folder, Mamba2Config config, TensorStore tensors) {
        this.folder = folder;
        this.config = config;
        this.tensors = tensors;
        this.shapes = new Inference().run();
    }

    public static Checkpoint open(Path folder) {
        ConfigFile file = ConfigFile.of(folder);
        String type = file.text("model_type");
        if (!type.equals("mamba2")) {
            throw new InputException(
                    folder.resolve("config.json") + ": model_type is " + (type.isEmpty() ? "missing" : "'" + type + "'")
                            + "; supported now: mamba2 (Hugging Face layout)");
        }
        Mamba2Config config = Mamba2Config.read(file);
        TensorStore tensors = TensorStore.open(folder);
        try {
            return new Checkpoint(folder, config, tensors);
        } catch (RuntimeException e) {
            tensors.close();
            throw e;
        }
    }

    public Path folder() {
        return folder;
    }

    public Mamba2Config config() {
        return config;
    }

    /** Sizes of each layer. */
    public List<Mamba2Shape> shapes() {
        return shapes;
    }

    public TensorStore tensors() {
        return tensors;
    }

    /** True where the output head is the embedding itself. */
    public boolean tied() {
        return config.tieWordEmbeddings() || !tensors.tensors().containsKey(HEAD);
    }

    static String layerPrefix(int layer) {
        return "backbone.layers." + layer + ".";
    }

    Weight weight(NDManager manager, String name) {
        return Weight.of(tensors.float32(manager, name));
    }

    Mamba2Layer layer(NDManager manager, int index) {
        String prefix = layerPrefix(index);
        return new Mamba2Layer(
                config,
                shapes.get(index),
                weight(manager, prefix + "norm.weight"),
                weight(manager, prefix + "mixer.in_proj.weight"),
                orNull(manager, prefix + "mixer.in_proj.bias"),
                weight(manager, prefix + "mixer.conv1d.weight"),
                orNull(manager, prefix + "mixer.conv1d.bias"),
                weight(manager, prefix + "mixer.dt_bias"),
                weight(manager, prefix + "mixer.A_log"),
                weight(manager, prefix + "mixer.D"),
                weight(manager, prefix + "mixer.norm.weight"),
                weight(manager, prefix + "mixer.out_proj.weight"),
                orNull(manager, prefix + "mixer.out_proj.bias"));
    }

    private Weight orNull(NDManager manager, String name) {
        return tensors.tensors().containsKey(name) ? weight(manager, name) : null;
    }

    @Override
    public void close() {
        tensors.close();
    }

    /** Reads the sizes off the tensors and compares them with the configuration. */
    private final class Inference {
        private final List<String> problems = new ArrayList<>();
        private final Set<String> expected = new TreeSet<>();

        List<Mamba2Shape> run() {
            List<Mamba2Shape> found = new ArrayList<>();
            check(EMBEDDING, config.vocabSize(), config.hiddenSize());
            check(FINAL_NORM, config.hiddenSize());
            if (tensors.tensors().containsKey(HEAD)) {
                check(HEAD, config.vocabSize(), config.hiddenSize());
            }
            for (int i = 0; i < config.numHiddenLayers(); i++) {
                found.add(layer(layerPrefix(i)));
            }
            Set<String> unknown = new TreeSet<>(tensors.tensors().keySet());
            unknown.removeAll(expected);
            if (!unknown.isEmpty()) {
                problems.add("tensors that a Mamba-2 model does not have: "
                        + unknown.stream().limit(5).collect(Collectors.joining(", "))
                        + (unknown.size() > 5 ? " and " + (unknown.size() - 5) + " more" : ""));
            }
            if (!problems.isEmpty()) {
                throw new InputException(folder + ": tensors and config.json do not fit together:\n  "
                        + problems.stream().limit(20).collect(Collectors.joining("\n  ")));
            }
            return List.copyOf(found);
        }

        private Mamba2Shape layer(String prefix) {
            String mixer = prefix + "mixer.";
            long heads = size(mixer + "A_log", 0, config.numHeads());
            long inner = size(mixer + "norm.weight", 0, (long) config.numHeads() * config.headDim());
            long channels = size(mixer + "conv1d.weight", 0, inner + 2L * config.nGroups() * config.stateSize());
            long state = (channels - inner) / (2L * config.nGroups());
            long taps = size(mixer + "conv1d.weight", 2, config.convKernel());
            Mamba2Shape shape =
                    new Mamba2Shape(config.hiddenSize(), heads, inner / heads, config.nGroups(), state, taps);
            compare(mixer + "A_log", "num_heads", config.numHeads(), heads);
            compare(mixer + "norm.weight", "head_dim", config.headDim(), shape.headDim());
            compare(mixer + "conv1d.weight", "state_size", config.stateSize(), state);
            compare(mixer + "conv1d.weight", "conv_kernel", config.convKernel(), taps);
            check(prefix + "norm.weight", shape.dModel());
            check(mixer + "in_proj.weight", shape.projectionRows(), shape.dModel());
            check(mixer + "conv1d.weight", shape.convChannels(), 1, taps);
            check(mixer + "dt_bias", heads);
            check(mixer + "A_log", heads);
            check(mixer + "norm.weight", shape.dInner());
            check(mixer + "out_proj.weight", shape.dModel(), shape.dInner());
            long skips = size(mixer + "D", 0, heads);
            check(mixer + "D", skips == shape.dInner() ? shape.dInner() : heads);
            optional(mixer + "in_proj.bias", shape.projectionRows());
            optional(mixer + "conv1d.bias", shape.convChannels());
            optional(mixer + "out_proj.bias", shape.dModel());
            return shape;
        }

        private long size(String name, int axis, long otherwise) {
            if (!tensors.tensors().containsKey(name)) {
                return otherwise;
            }
            Shape shape = tensors.tensors().get(name).shape();
            return shape.dimension() > axis && shape.get(axis) > 0 ? shape.get(axis) : otherwise;
        }

        private void compare(String name, String key, long configured, long inferred) {
            if (configured != inferred) {
                problems.add(name + " means " + key + " = " + inferred + ", config.json says " + configured);
            }
        }

        private void optional(String name, long... wanted) {
            if (tensors.tensors().containsKey(name)) {
                check(name, wanted);
            }
        }

        private void check(String name, long... wanted) {
            expected.add(name);
            if (!tensors.tensors().containsKey(name)) {
                problems.add(name + " is missing, expected shape " + Arrays.toString(wanted));
                return;
            }
            Shape shape = tensors.tensors().get(name).shape();
            if (!Arrays.equals(shape.getShape(), wanted)) {
                problems.add(name + " has shape " + shape + ", expected " + new Shape(wanted));
            }
        }
    }

    /** Parameters of the model; a tied head counts once. */
    public long parameterCount() {
        return tensors.tensors().entrySet().stream()
                .filter(e -> !(tied() && e.getKey().equals(HEAD)))
                .mapToLong(e -> e.getValue().shape().size())
                .sum();
    }
}
