package org.statecraft.model.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The tensors of a model that a test makes up: names of the Hugging Face layout and shapes, with seeded values or none. Written
 * byte by byte, without the writer of the product.
 */
public final class WrittenModel {
    private final Map<String, long[]> shapes = new LinkedHashMap<>();
    private final Map<String, float[]> values = new TreeMap<>();
    private final Map<String, String> types = new LinkedHashMap<>();

    /** The tensors of a tied Mamba-1 or FalconMamba model. */
    public static WrittenModel mamba1(int layers, long dModel, long dInner, long state, long rank, long rows) {
        WrittenModel model = new WrittenModel();
        model.put("backbone.embeddings.weight", rows, dModel);
        for (int i = 0; i < layers; i++) {
            String mixer = "backbone.layers." + i + ".mixer.";
            model.put("backbone.layers." + i + ".norm.weight", dModel);
            model.put(mixer + "in_proj.weight", 2 * dInner, dModel);
            model.put(mixer + "conv1d.weight", dInner, 1, 4);
            model.put(mixer + "conv1d.bias", dInner);
            model.put(mixer + "x_proj.weight", rank + 2 * state, dInner);
            model.put(mixer + "dt_proj.weight", dInner, rank);
            model.put(mixer + "dt_proj.bias", dInner);
            model.put(mixer + "A_log", dInner, state);
            model.put(mixer + "D", dInner);
            model.put(mixer + "out_proj.weight", dModel, dInner);
        }
        return model.put("backbone.norm_f.weight", dModel);
    }

    /** The tensors of a tied Mamba-2 model with heads of 64. */
    public static WrittenModel mamba2(int layers, long dModel, long dInner, long groups, long state, long rows) {
        long heads = dInner / 64;
        long channels = dInner + 2 * groups * state;
        WrittenModel model = new WrittenModel();
        model.put("backbone.embeddings.weight", rows, dModel);
        for (int i = 0; i < layers; i++) {
            String mixer = "backbone.layers." + i + ".mixer.";
            model.put("backbone.layers." + i + ".norm.weight", dModel);
            model.put(mixer + "in_proj.weight", dInner + channels + heads, dModel);
            model.put(mixer + "conv1d.weight", channels, 1, 4);
            model.put(mixer + "conv1d.bias", channels);
            model.put(mixer + "dt_bias", heads);
            model.put(mixer + "A_log", heads);
            model.put(mixer + "D", heads);
            model.put(mixer + "norm.weight", dInner);
            model.put(mixer + "out_proj.weight", dModel, dInner);
        }
        return model.put("backbone.norm_f.weight", dModel);
    }

    /** Adds a tensor or gives it another shape. */
    public WrittenModel put(String name, long... shape) {
        shapes.put(name, shape);
        return this;
    }

    public WrittenModel remove(String name) {
        shapes.remove(name);
        values.remove(name);
        return this;
    }

    public WrittenModel rename(String name, String other) {
        put(other, shapes.get(name));
        return remove(name);
    }

    /** The element type of tensors whose names end so, instead of F32; for {@link #writeHeader} only. */
    public WrittenModel stored(String suffix, String type) {
        types.put(suffix, type);
        return this;
    }

    /** Values of the size that trained weights have, the same for the same seed. */
    public WrittenModel random(long seed) {
        Random random = new Random(seed);
        shapes.forEach((name, shape) -> {
            boolean norm = name.contains("norm");
            double scale = name.endsWith("_proj.weight") ? 1.5 / Math.sqrt((double) shape[1]) : 0.5;
            float[] drawn = new float[(int) size(shape)];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = (float) ((norm ? 1 : 0) + scale * random.nextGaussian());
            }
            values.put(name, drawn);
        });
        return this;
    }

    /** Number of all values. */
    public long size() {
        return shapes.values().stream().mapToLong(WrittenModel::size).sum();
    }

    /** The values of a tensor, which may be changed before they are written. */
    public float[] values(String name) {
        return values.get(name);
    }

    /**
     * Writes the values in float32.
     *
     * @param prefix stands before each name
     */
    public void write(Path file, String prefix) {
        ByteBuffer data = ByteBuffer.allocate(Math.toIntExact(bytes())).order(ByteOrder.LITTLE_ENDIAN);
        shapes.keySet().forEach(name -> {
            for (float value : values.get(name)) {
                data.putFloat(value);
            }
        });
        try {
            byte[] header = header(prefix);
            Files.write(
                    file,
                    ByteBuffer.allocate(header.length + data.capacity())
                            .put(header)
                            .put(data.flip())
                            .array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a file of the right length with nothing in it but its header; it takes no room on the disk. */
    public void writeHeader(Path file, String prefix) {
        byte[] header = header(prefix);
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.write(header);
            sparse.setLength(header.length + bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] header(String prefix) {
        long[] end = {0};
        String json = shapes.entrySet().stream()
                .map(tensor -> {
                    long begin = end[0];
                    end[0] += size(tensor.getValue()) * width(tensor.getKey());
                    String shape = LongStream.of(tensor.getValue())
                            .mapToObj(Long::toString)
                            .collect(Collectors.joining(","));
                    return "\"%s%s\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":[%d,%d]}"
                            .formatted(prefix, tensor.getKey(), type(tensor.getKey()), shape, begin, end[0]);
                })
                .collect(Collectors.joining(",", "{", "}"));
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }

    private long bytes() {
        return shapes.entrySet().stream()
                .mapToLong(tensor -> size(tensor.getValue()) * width(tensor.getKey()))
                .sum();
    }

    private String type(String name) {
        return types.entrySet().stream()
                .filter(type -> name.endsWith(type.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("F32");
    }

    private int width(String name) {
        return type(name).equals("F32") ? 4 : 2;
    }

    private static long size(long[] shape) {
        return LongStream.of(shape).reduce(1, (a, b) -> a * b);
    }
}
