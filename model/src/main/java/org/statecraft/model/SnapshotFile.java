package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.model.safetensors.TensorInfo;

/**
 * The file of a {@link Snapshot}: {@code layers.i.conv_window [channels, convKernel - 1]},
 * {@code layers.i.state [heads, headDim, state]} and, where known, {@code logits [vocabulary]}, all float32; in the metadata
 * the version of this layout, the architecture, an id of the weights, the number of tokens and, where known, the origin.
 */
final class SnapshotFile {
    private static final String VERSION_KEY = "statecraft.snapshot";
    private static final String VERSION = "1";
    private static final String ARCHITECTURE = "architecture";
    private static final String MODEL = "model";
    private static final String TOKENS = "tokens";
    private static final String ORIGIN = "origin";
    private static final String LOGITS = "logits";
    private static final Pattern COUNT = Pattern.compile("\\d{1,18}");

    private SnapshotFile() {}

    static void write(LanguageModel model, Snapshot snapshot, Path file) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(VERSION_KEY, VERSION);
        metadata.put(ARCHITECTURE, model.config().architecture());
        metadata.put(MODEL, weightsId(model));
        metadata.put(TOKENS, Long.toString(snapshot.tokens()));
        if (snapshot.origin() != null) {
            metadata.put(ORIGIN, snapshot.origin());
        }
        try (NDManager scope = model.newScope()) {
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            for (int i = 0; i < model.layers().size(); i++) {
                tensors.put(window(i), snapshot.layer(i).convWindow());
                tensors.put(state(i), snapshot.layer(i).state());
            }
            if (snapshot.logits() != null) {
                tensors.put(LOGITS, scope.create(snapshot.logits()));
            }
            AtomicFiles.write(file, temporary -> SafetensorsWriter.write(temporary, tensors, metadata));
        }
    }

    static Snapshot read(LanguageModel model, Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            List<String> problems = problems(model, file);
            if (!problems.isEmpty()) {
                throw new SnapshotException(path, problems);
            }
            NDManager manager = model.newScope();
            try {
                List<Adapter.Start> layers = new ArrayList<>();
                for (int i = 0; i < model.layers().size(); i++) {
                    layers.add(
                            new Adapter.Start(file.float32(manager, window(i)), file.float32(manager, state(i)), null));
                }
                float[] logits = file.tensors().containsKey(LOGITS) ? floats(manager, file) : null;
                return new Snapshot(
                        model,
                        manager,
                        layers,
                        logits,
                        Long.parseLong(file.metadata().get(TOKENS)),
                        file.metadata().get(ORIGIN));
            } catch (RuntimeException e) {
                manager.close();
                throw e;
            }
        }
    }

    private static float[] floats(NDManager manager, SafetensorsFile file) {
        try (NDArray logits = file.float32(manager, LOGITS)) {
            return logits.toFloatArray();
        }
    }

    private static List<String> problems(LanguageModel model, SafetensorsFile file) {
        String version = file.metadata().get(VERSION_KEY);
        if (version == null) {
            return List.of("no " + VERSION_KEY + " in the metadata: some other kind of safetensors file");
        }
        if (!version.equals(VERSION)) {
            return List.of("layout " + version + ", expected " + VERSION
                    + ", the only one that this program knows; a newer program may have written it");
        }
        List<String> problems = new ArrayList<>();
        compare(file, ARCHITECTURE, model.config().architecture(), problems);
        compare(file, MODEL, weightsId(model), problems);
        String tokens = file.metadata().get(TOKENS);
        if (tokens == null || !COUNT.matcher(tokens).matches()) {
            problems.add("metadata: " + TOKENS + " is " + tokens + ", expected a whole number");
        }
        Map<String, Shape> expected = shapes(model);
        expected.forEach((name, shape) -> check(file, name, shape, problems));
        file.tensors().keySet().stream()
                .filter(name -> !expected.containsKey(name))
                .forEach(name -> problems.add(name + " has no place in this model"));
        return problems;
    }

    private static void compare(SafetensorsFile file, String key, String expected, List<String> problems) {
        String found = file.metadata().get(key);
        if (!expected.equals(found)) {
            problems.add("metadata: " + key + " is " + found + ", expected " + expected);
        }
    }

    private static void check(SafetensorsFile file, String name, Shape shape, List<String> problems) {
        TensorInfo found = file.tensors().get(name);
        if (found == null) {
            if (!name.equals(LOGITS)) {
                problems.add(name + " is missing, expected shape " + shape);
            }
        } else if (!found.shape().equals(shape)) {
            problems.add(name + " has shape " + found.shape() + ", expected " + shape);
        } else if (!found.dtype().isFloating()) {
            problems.add(name + " is " + found.dtype() + ", expected F32");
        }
    }

    private static Map<String, Shape> shapes(LanguageModel model) {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (int i = 0; i < model.layers().size(); i++) {
            LayerShape layer = model.layers().get(i).shape();
            shapes.put(window(i), new Shape(layer.convChannels(), layer.convKernel() - 1));
            shapes.put(state(i), new Shape(layer.heads(), layer.headDim(), layer.state()));
        }
        shapes.put(LOGITS, new Shape(model.config().vocabSize()));
        return shapes;
    }

    private static String window(int layer) {
        return "layers." + layer + ".conv_window";
    }

    private static String state(int layer) {
        return "layers." + layer + ".state";
    }

    /**
     * Tells models of equal shapes apart, whose states mean nothing to each other. The final norm is small enough to be read
     * each time, and training does not leave two of them alike.
     */
    private static String weightsId(LanguageModel model) {
        StringBuilder bits = new StringBuilder();
        for (float weight : model.finalNorm().base().toFloatArray()) {
            bits.append(Integer.toHexString(Float.floatToRawIntBits(weight))).append(' ');
        }
        return Hashes.sha256(bits.toString()).substring(0, 16);
    }
}
