package org.statecraft.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.statecraft.model.mamba2.Mamba2Config;
import org.statecraft.model.safetensors.DType;
import org.statecraft.model.safetensors.TensorInfo;

/**
 * What deviates from a usual checkpoint: one with a tied head, no biases but that of the convolution, one group, one D for each
 * head, free step sizes, layers of one width, and float32 for the parameters that pass through an exponential or scale a norm.
 *
 * @param tensors by their names in the Hugging Face layout
 */
record Unusual(Configuration configuration, List<LayerShape> shapes, Map<String, TensorInfo> tensors, boolean tied) {
    private static final String CONV_BIAS = "mixer.conv1d.bias";
    private static final List<String> BIASES = List.of("mixer.in_proj.bias", "mixer.out_proj.bias");

    /** Names behind the layer's prefix of what is best kept in float32. */
    private static final Map<String, List<String>> SENSITIVE = new LinkedHashMap<>();

    static {
        SENSITIVE.put("A_log", List.of("mixer.A_log"));
        SENSITIVE.put("D", List.of("mixer.D"));
        SENSITIVE.put("step bias", List.of("mixer.dt_bias", "mixer.dt_proj.bias"));
        SENSITIVE.put("norms", List.of("norm.weight", "mixer.norm.weight"));
    }

    /**
     * The findings.
     *
     * @param files that hold the weights
     * @param tokenizer whether the folder holds one
     */
    List<String> findings(int files, boolean tokenizer) {
        List<String> findings = new ArrayList<>();
        vocabulary(findings);
        layers(findings);
        storage(findings);
        if (files > 1) {
            findings.add("weights in " + files + " files");
        }
        if (!configuration.unknownKeys().isEmpty()) {
            findings.add(
                    "configuration keys that are not known here: " + String.join(", ", configuration.unknownKeys()));
        }
        if (!tokenizer) {
            findings.add("no " + Tokenizer.FILE);
        }
        return findings;
    }

    private void vocabulary(List<String> findings) {
        ModelConfig config = configuration.config();
        int padding = config.embeddingRows() - config.vocabSize();
        if (padding > 0) {
            findings.add("vocabulary padded by " + padding + (padding == 1 ? " row" : " rows") + " to "
                    + config.embeddingRows());
        }
        if (!tied) {
            findings.add(
                    config.tieWordEmbeddings()
                            ? "the stored head differs from the embedding, although the configuration ties them; both are used"
                            : "separate head");
        } else if (tensors.containsKey(Checkpoint.HEAD)) {
            findings.add("the tied head is stored a second time");
        }
    }

    private void layers(List<String> findings) {
        String biases = BIASES.stream().filter(this::inAnyLayer).collect(Collectors.joining(", "));
        if (!biases.isEmpty()) {
            findings.add("biases: " + biases);
        }
        if (!inAnyLayer(CONV_BIAS)) {
            findings.add("no " + CONV_BIAS);
        }
        Map<String, Set<Long>> sizes = new LinkedHashMap<>();
        shapes.forEach(shape -> shape.sizes().forEach((name, size) -> sizes.computeIfAbsent(name, n -> new TreeSet<>())
                .add(size)));
        sizes.forEach((name, values) -> {
            if (values.size() > 1) {
                findings.add("layers of different " + name + ": " + joined(values));
            }
        });
        if (shapes.stream().anyMatch(shape -> shape.groups() > 1)) {
            findings.add("B and C in " + joined(sizes.get("groups")) + " groups");
        }
        if (configuration.config() instanceof Mamba2Config mamba2) {
            if (tensors.get(Checkpoint.layerPrefix(0) + "mixer.D").elements()
                    != shapes.get(0).heads()) {
                findings.add("D for each channel");
            }
            double[] limit = mamba2.timeStepLimit();
            if (!Arrays.equals(limit, new double[] {0, Double.POSITIVE_INFINITY})) {
                findings.add("step sizes limited to " + Arrays.toString(limit));
            }
        }
    }

    private boolean inAnyLayer(String name) {
        for (int i = 0; i < shapes.size(); i++) {
            if (tensors.containsKey(Checkpoint.layerPrefix(i) + name)) {
                return true;
            }
        }
        return false;
    }

    private void storage(List<String> findings) {
        Map<String, Set<DType>> types = new LinkedHashMap<>();
        SENSITIVE.forEach((kind, names) -> {
            Set<DType> found = new TreeSet<>();
            for (int i = 0; i < shapes.size(); i++) {
                for (String name : names) {
                    TensorInfo tensor = tensors.get(Checkpoint.layerPrefix(i) + name);
                    if (tensor != null) {
                        found.add(tensor.dtype());
                    }
                }
            }
            types.put(kind, found);
        });
        types.get("norms").add(tensors.get(Checkpoint.FINAL_NORM).dtype());
        types.values().removeIf(found -> found.equals(Set.of(DType.F32)));
        if (!types.isEmpty()) {
            findings.add("not stored in float32: "
                    + types.entrySet().stream()
                            .map(entry -> entry.getKey() + " (" + joined(entry.getValue()) + ")")
                            .collect(Collectors.joining(", ")));
        }
    }

    private static String joined(Set<?> values) {
        return values.stream().map(Object::toString).collect(Collectors.joining(", "));
    }
}
