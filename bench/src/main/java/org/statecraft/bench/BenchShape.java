package org.statecraft.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.model.mamba2.Mamba2Shape;
import org.statecraft.model.safetensors.SafetensorsWriter;

/**
 * The layer sizes of a published model with four layers and a small vocabulary: time depends on sizes, not on values or
 * names, and four layers are enough to see past the caches.
 */
enum BenchShape {
    M130("130m", 768, 24),
    M370("370m", 1024, 32),
    B1_3("1.3b", 2048, 64);

    static final int LAYERS = 4;
    static final int VOCABULARY = 1024;

    private final String label;
    private final int dModel;
    private final int heads;

    BenchShape(String label, int dModel, int heads) {
        this.label = label;
        this.dModel = dModel;
        this.heads = heads;
    }

    static BenchShape of(String label) {
        for (BenchShape shape : values()) {
            if (shape.label.equals(label)) {
                return shape;
            }
        }
        throw new IllegalArgumentException("shape '" + label + "' is not known; expected 130m, 370m or 1.3b");
    }

    String label() {
        return label;
    }

    Mamba2Shape layer() {
        return new Mamba2Shape(dModel, heads, 64, 1, 128, 4);
    }

    /** Writes a checkpoint with random weights in the ranges of a fresh model. */
    void write(Path folder, int layers) throws IOException {
        Mamba2Shape layer = layer();
        String config =
                """
                {"model_type": "mamba2", "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": %d, "state_size": %d,
                 "conv_kernel": %d, "expand": 2, "num_heads": %d, "head_dim": %d, "n_groups": %d, "tie_word_embeddings": true}
                """
                        .formatted(
                                VOCABULARY,
                                layer.dModel(),
                                layers,
                                layer.state(),
                                layer.convKernel(),
                                layer.heads(),
                                layer.headDim(),
                                layer.groups());
        Files.writeString(folder.resolve("config.json"), config);
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            tensors.put("backbone.embeddings.weight", uniform(manager, 0.05, VOCABULARY, layer.dModel()));
            tensors.put("backbone.norm_f.weight", manager.ones(new Shape(layer.dModel())));
            for (int i = 0; i < layers; i++) {
                String prefix = "backbone.layers." + i + ".";
                String mixer = prefix + "mixer.";
                double in = 1 / Math.sqrt(dModel);
                double out = in / Math.sqrt(2);
                tensors.put(prefix + "norm.weight", manager.ones(new Shape(layer.dModel())));
                tensors.put(mixer + "in_proj.weight", uniform(manager, in, layer.projectionRows(), layer.dModel()));
                tensors.put(
                        mixer + "conv1d.weight", uniform(manager, 0.5, layer.convChannels(), 1, layer.convKernel()));
                tensors.put(mixer + "conv1d.bias", uniform(manager, 0.5, layer.convChannels()));
                tensors.put(mixer + "dt_bias", manager.full(new Shape(layer.heads()), -4f));
                tensors.put(mixer + "A_log", uniform(manager, 1, layer.heads()));
                tensors.put(mixer + "D", manager.ones(new Shape(layer.heads())));
                tensors.put(mixer + "norm.weight", manager.ones(new Shape(layer.dInner())));
                tensors.put(mixer + "out_proj.weight", uniform(manager, out, layer.dModel(), layer.dInner()));
            }
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
        }
    }

    private static NDArray uniform(NDManager manager, double bound, long... shape) {
        return manager.randomUniform((float) -bound, (float) bound, new Shape(shape), DataType.FLOAT32);
    }
}
