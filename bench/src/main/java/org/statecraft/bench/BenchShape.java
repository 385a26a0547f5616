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
import org.statecraft.model.safetensors.SafetensorsWriter;

/**
 * A model of the sizes of a published one with random weights: time depends on sizes, not on values or names.
 *
 * @param layers of the published model, or fewer
 * @param vocabulary rows of the embedding, which is also the head
 */
record BenchShape(String architecture, String size, int dModel, int layers, int vocabulary) {
    static final String MAMBA1 = "mamba1";
    static final String MAMBA2 = "mamba2";

    private static final int CONV = 4;
    private static final int HEAD_DIM = 64;

    /**
     * Sizes of the state-spaces models.
     *
     * @param architecture mamba1 or mamba2
     * @param size 130m, 370m or 1.3b
     * @throws IllegalArgumentException when one of them is another
     */
    static BenchShape of(String architecture, String size) {
        if (!architecture.equals(MAMBA1) && !architecture.equals(MAMBA2)) {
            throw new IllegalArgumentException(
                    "architecture '" + architecture + "' is not known; expected " + MAMBA1 + " or " + MAMBA2);
        }
        int vocabulary = architecture.equals(MAMBA2) ? 50288 : 50280;
        return switch (size) {
            case "130m" -> new BenchShape(architecture, size, 768, 24, vocabulary);
            case "370m" -> new BenchShape(architecture, size, 1024, 48, vocabulary);
            case "1.3b" -> new BenchShape(architecture, size, 2048, 48, vocabulary);
            default ->
                throw new IllegalArgumentException("size '" + size + "' is not known; expected 130m, 370m or 1.3b");
        };
    }

    /** The same with another number of layers; fewer than four stay in the caches. */
    BenchShape withLayers(int count) {
        return new BenchShape(architecture, size, dModel, count, vocabulary);
    }

    /** The same with another number of tokens. */
    BenchShape withVocabulary(int rows) {
        return new BenchShape(architecture, size, dModel, layers, rows);
    }

    /** Writes a checkpoint in the Hugging Face layout, weights in the ranges of a fresh model. */
    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("config.json"), config());
        try (NDManager manager = NDManager.newBaseManager()) {
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            tensors.put("backbone.embeddings.weight", uniform(manager, 0.05, vocabulary, dModel));
            tensors.put("backbone.norm_f.weight", manager.ones(new Shape(dModel)));
            for (int i = 0; i < layers; i++) {
                String prefix = "backbone.layers." + i + ".";
                tensors.put(prefix + "norm.weight", manager.ones(new Shape(dModel)));
                if (architecture.equals(MAMBA1)) {
                    mamba1(manager, tensors, prefix + "mixer.");
                } else {
                    mamba2(manager, tensors, prefix + "mixer.");
                }
            }
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
        }
    }

    /** The class names are for other programs: llama.cpp's converter chooses by them. */
    private String config() {
        String common =
                """
                "architectures": ["%s"], "vocab_size": %d, "hidden_size": %d, "num_hidden_layers": %d, "conv_kernel": %d, "expand": 2,
                 "tie_word_embeddings": true"""
                        .formatted(
                                architecture.equals(MAMBA1) ? "MambaForCausalLM" : "Mamba2ForCausalLM",
                                vocabulary,
                                dModel,
                                layers,
                                CONV);
        return architecture.equals(MAMBA1)
                ? "{\"model_type\": \"mamba\", \"state_size\": 16, " + common + "}\n"
                : "{\"model_type\": \"mamba2\", \"state_size\": 128, \"num_heads\": %d, \"head_dim\": %d, \"n_groups\": 1, %s}\n"
                        .formatted(2 * dModel / HEAD_DIM, HEAD_DIM, common);
    }

    private void mamba1(NDManager manager, Map<String, NDArray> tensors, String mixer) {
        int inner = 2 * dModel;
        int state = 16;
        int rank = (dModel + 15) / 16;
        projections(manager, tensors, mixer, 2 * inner);
        convolution(manager, tensors, mixer, inner);
        tensors.put(mixer + "x_proj.weight", uniform(manager, 1 / Math.sqrt(inner), rank + 2 * state, inner));
        tensors.put(mixer + "dt_proj.weight", uniform(manager, 1 / Math.sqrt(rank), inner, rank));
        tensors.put(mixer + "dt_proj.bias", manager.full(new Shape(inner), -4f));
        tensors.put(mixer + "A_log", uniform(manager, 1, inner, state));
        tensors.put(mixer + "D", manager.ones(new Shape(inner)));
    }

    private void mamba2(NDManager manager, Map<String, NDArray> tensors, String mixer) {
        int inner = 2 * dModel;
        int state = 128;
        int heads = inner / HEAD_DIM;
        projections(manager, tensors, mixer, 2 * inner + 2 * state + heads);
        convolution(manager, tensors, mixer, inner + 2 * state);
        tensors.put(mixer + "dt_bias", manager.full(new Shape(heads), -4f));
        tensors.put(mixer + "A_log", uniform(manager, 1, heads));
        tensors.put(mixer + "D", manager.ones(new Shape(heads)));
        tensors.put(mixer + "norm.weight", manager.ones(new Shape(inner)));
    }

    private void projections(NDManager manager, Map<String, NDArray> tensors, String mixer, int rows) {
        double in = 1 / Math.sqrt(dModel);
        tensors.put(mixer + "in_proj.weight", uniform(manager, in, rows, dModel));
        tensors.put(mixer + "out_proj.weight", uniform(manager, in / Math.sqrt(2), dModel, 2L * dModel));
    }

    private static void convolution(NDManager manager, Map<String, NDArray> tensors, String mixer, int channels) {
        tensors.put(mixer + "conv1d.weight", uniform(manager, 0.5, channels, 1, CONV));
        tensors.put(mixer + "conv1d.bias", uniform(manager, 0.5, channels));
    }

    private static NDArray uniform(NDManager manager, double bound, long... shape) {
        return manager.randomUniform((float) -bound, (float) bound, new Shape(shape), DataType.FLOAT32);
    }
}
