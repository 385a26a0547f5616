package org.statecraft.model.fresh;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.safetensors.DType;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.model.safetensors.TensorBytes;

/** Writes models that have not been trained: {@code config.json} and {@code model.safetensors} of the Hugging Face layout. */
public final class FreshFolder {
    private static final double EMBEDDING_DEVIATION = 0.02;
    private static final int BLOCK = 1 << 16;

    private FreshFolder() {}

    /**
     * Writes into a folder that is there; the tokenizer is the caller's. Equal sizes and seeds give equal bytes.
     *
     * @param endOfText the id that ends a text
     * @throws IOException when the operating system refuses
     */
    public static void write(FreshModel model, long seed, int endOfText, Path folder) throws IOException {
        AtomicFiles.writeJson(folder.resolve("config.json"), config(model, endOfText));
        SplittableRandom random = new SplittableRandom(seed);
        List<TensorBytes> tensors = new ArrayList<>();
        // a generator for each, because they are not written in this order
        for (FreshTensor tensor : tensors(model)) {
            SplittableRandom own = random.split();
            tensors.add(new TensorBytes(
                    tensor.name(), DType.F32, new Shape(tensor.shape()), channel -> write(tensor, own, channel)));
        }
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
    }

    private static Map<String, Object> config(FreshModel model, int endOfText) {
        Map<String, Object> config = new LinkedHashMap<>(model.ownConfig());
        config.put("vocab_size", model.vocabulary());
        config.put("hidden_size", model.hiddenSize());
        config.put("num_hidden_layers", model.layers());
        config.put("time_step_min", model.stepSizes().low());
        config.put("time_step_max", model.stepSizes().high());
        config.put("time_step_floor", FreshTensor.SMALLEST_STEP);
        config.put("use_bias", false);
        config.put("use_conv_bias", true);
        config.put("hidden_act", "silu");
        config.put("layer_norm_epsilon", 1e-5);
        config.put("residual_in_fp32", true);
        config.put("tie_word_embeddings", model.tiedEmbeddings());
        config.put("bos_token_id", endOfText);
        config.put("eos_token_id", endOfText);
        config.put("pad_token_id", endOfText);
        config.put("dtype", "float32");
        config.put("rescale_prenorm_residual", true);
        config.put("initializer_range", EMBEDDING_DEVIATION);
        return config;
    }

    private static List<FreshTensor> tensors(FreshModel model) {
        long rows = model.vocabulary();
        long width = model.hiddenSize();
        List<FreshTensor> tensors = new ArrayList<>();
        tensors.add(
                new FreshTensor("backbone.embeddings.weight", FreshTensor.normal(EMBEDDING_DEVIATION), rows, width));
        for (int i = 0; i < model.layers(); i++) {
            String prefix = "backbone.layers." + i + ".";
            model.layerTensors().forEach(tensor -> tensors.add(tensor.under(prefix)));
        }
        tensors.add(new FreshTensor("backbone.norm_f.weight", FreshTensor.constant(1), width));
        if (!model.tiedEmbeddings()) {
            tensors.add(new FreshTensor("lm_head.weight", FreshTensor.uniform(width, 1), rows, width));
        }
        return tensors;
    }

    private static void write(FreshTensor tensor, SplittableRandom random, FileChannel channel) throws IOException {
        long elements = new Shape(tensor.shape()).size();
        ByteBuffer block = ByteBuffer.allocate(BLOCK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < elements; i++) {
            block.putFloat((float) tensor.draw().next(i, random));
            if (!block.hasRemaining() || i == elements - 1) {
                block.flip();
                while (block.hasRemaining()) {
                    channel.write(block);
                }
                block.clear();
            }
        }
    }
}
