package org.statecraft.peft.slicing;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.LayerShape;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.model.testing.ModelCase;

/** A model of the fixtures with the same slice in every layer: without what is removed, and with zeros in its place. */
final class HandSlicing implements AutoCloseable {
    private final ModelCase base;
    private final LayerSlice slice;
    private final Path folder;
    private final LayerShape shape;
    private final List<Integer> inner = new ArrayList<>();
    private final List<Integer> columns = new ArrayList<>();
    private final NDManager scope = NDManager.newBaseManager();

    HandSlicing(ModelCase base, LayerSlice slice, Path folder) {
        this.base = base;
        this.slice = slice;
        this.folder = folder;
        this.shape = base.model().layers().get(0).shape();
        for (int i = 0; i < slice.heads().size(); i++) {
            for (int p : slice.channels().get(i)) {
                inner.add((int) (slice.heads().get(i) * shape.headDim() + p));
            }
        }
        for (int g = 0; g < shape.groups(); g++) {
            for (int n : slice.states().get(g)) {
                columns.add((int) (g * shape.state() + n));
            }
        }
    }

    Path sliced() {
        return write("sliced", true);
    }

    Path masked() {
        return write("masked", false);
    }

    /** Kept rows of a parameter, null for all. */
    private List<Integer> rows(String name) {
        int e = (int) shape.dInner();
        int gn = (int) (shape.groups() * shape.state());
        boolean mamba1 = shape.heads() == 1;
        if (name.endsWith("in_proj.weight")) {
            List<Integer> rows = plus(inner, 0);
            rows.addAll(plus(inner, e));
            if (!mamba1) {
                rows.addAll(plus(columns, 2 * e));
                rows.addAll(plus(columns, 2 * e + gn));
                rows.addAll(plus(slice.heads(), 2 * e + 2 * gn));
            }
            return rows;
        } else if (name.contains("conv1d")) {
            List<Integer> rows = plus(inner, 0);
            if (!mamba1) {
                rows.addAll(plus(columns, e));
                rows.addAll(plus(columns, e + gn));
            }
            return rows;
        } else if (name.endsWith("x_proj.weight")) {
            List<Integer> rows = new ArrayList<>(List.of(0, 1)); // the rank of the step sizes
            rows.addAll(plus(columns, 2));
            rows.addAll(plus(columns, 2 + gn));
            return rows;
        } else if (name.endsWith("A_log") || name.endsWith("mixer.D") || name.endsWith("dt_bias")) {
            return mamba1 ? inner : slice.heads();
        }
        return name.contains("dt_proj") || name.endsWith("mixer.norm.weight") ? inner : null;
    }

    private List<Integer> columns(String name) {
        if (name.endsWith("out_proj.weight") || name.endsWith("x_proj.weight")) {
            return inner;
        }
        return name.endsWith("A_log") && shape.heads() == 1 ? columns : null;
    }

    private static List<Integer> plus(List<Integer> indices, int offset) {
        List<Integer> moved = new ArrayList<>();
        indices.forEach(index -> moved.add(index + offset));
        return moved;
    }

    private Path write(String name, boolean cut) {
        Path target = folder.resolve(name);
        try (SafetensorsFile file = SafetensorsFile.open(base.folder().resolve("model.safetensors"))) {
            Files.createDirectories(target);
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            for (String key : file.tensors().keySet()) {
                NDArray whole = file.float32(scope, key);
                tensors.put(key, cut ? cut(key, whole) : zeroed(key, whole));
            }
            SafetensorsWriter.write(target.resolve("model.safetensors"), tensors, Map.of());
            // the gated norm of a narrower layer would weigh its epsilon otherwise
            String config = Files.readString(base.folder().resolve("config.json"))
                    .replaceFirst("\"layer_norm_epsilon\": [^,]+", "\"layer_norm_epsilon\": 1e-12");
            Files.writeString(target.resolve("config.json"), cut ? smaller(config) : config);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String smaller(String config) {
        long width = inner.size();
        return config.replaceFirst("\"expand\": \\d+", "\"expand\": " + width / shape.dModel())
                .replaceFirst(
                        "\"num_heads\": \\d+", "\"num_heads\": " + slice.heads().size())
                .replaceFirst(
                        "\"head_dim\": \\d+",
                        "\"head_dim\": " + width / slice.heads().size())
                .replaceFirst("\"intermediate_size\": \\d+", "\"intermediate_size\": " + width)
                .replaceFirst(
                        "\"state_size\": \\d+",
                        "\"state_size\": " + slice.states().get(0).size());
    }

    private NDArray cut(String name, NDArray whole) {
        List<Integer> rows = rows(name);
        List<Integer> kept = columns(name);
        long[] lengths = whole.getShape().getShape().clone();
        int width = (int) (whole.size() / lengths[0]);
        List<Integer> allRows = rows == null ? LayerSlice.range(lengths[0]) : rows;
        List<Integer> allColumns = kept == null ? LayerSlice.range(width) : kept;
        float[] old = whole.toFloatArray();
        float[] values = new float[allRows.size() * allColumns.size()];
        // the mean square of fewer channels: the same sum over a smaller number
        float factor =
                name.endsWith("mixer.norm.weight") ? (float) Math.sqrt(shape.dInner() / (double) inner.size()) : 1;
        int next = 0;
        for (int row : allRows) {
            for (int column : allColumns) {
                values[next++] = factor * old[row * width + column];
            }
        }
        lengths[0] = allRows.size();
        if (kept != null) {
            lengths[1] = kept.size();
        }
        return scope.create(values, new Shape(lengths));
    }

    /** Projections make 0 of what is removed, and nothing reads it. */
    private NDArray zeroed(String name, NDArray whole) {
        List<Integer> rows = rows(name);
        List<Integer> kept = columns(name);
        boolean read = name.endsWith("out_proj.weight");
        boolean made = name.endsWith("in_proj.weight") || name.contains("conv1d") || name.endsWith("x_proj.weight");
        float[] values = whole.toFloatArray();
        int width = (int) (whole.size() / whole.getShape().get(0));
        for (int i = 0; i < values.length; i++) {
            if ((made && !rows.contains(i / width)) || (read && !kept.contains(i % width))) {
                values[i] = 0;
            }
        }
        return scope.create(values, whole.getShape());
    }

    @Override
    public void close() {
        scope.close();
    }
}
