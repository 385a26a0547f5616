package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.statecraft.model.files.IOConsumer;
import org.statecraft.model.files.ModelCompanions;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.model.safetensors.TensorBytes;

/**
 * Writes a model whose adapters changed its weights as an ordinary model folder without adapters.
 *
 * <p>The folder has the layout of the source: names of tensors, keys of the configuration, tokenizer. Weights become float32 in
 * one file; a head that is tied stays so. Before it is published the folder is loaded again, and its logits are compared.
 */
public final class MergedModel {
    /** Of the largest logit. Folding changes the order of sums; an adapter that acts elsewhere differs by far more. */
    private static final double ALLOWED = 1e-3;

    private static final int TOKENS_COMPARED = 24;
    private static final String WEIGHTS = "model.safetensors";

    private MergedModel() {}

    /**
     * What was written.
     *
     * @param tensors their number
     * @param bytes the size of all tensors
     * @param difference the largest between logits of the folder and of the model, as a part of the largest logit
     * @param copied names of the other files, in order
     */
    public record Result(Path folder, int tensors, long bytes, double difference, List<String> copied) {}

    /**
     * Publishes the merged model as a new folder.
     *
     * @param model with adapters that act through its weights only
     * @param source the folder that it was loaded from
     * @param more is given the folder before its manifest is written
     * @throws InputException when the model is not in float32, a layer's sizes cannot be written down, the folder computes something
     *     else than the model, {@code target} exists or the operating system refuses
     */
    public static Result write(LanguageModel model, Path source, Path target, IOConsumer<Path> more) {
        if (model.format() != MatrixFormat.FLOAT32) {
            throw new InputException("the model is stored as " + model.format()
                    + ", whose matrices are rounded; to merge into it, load it with weights: float32");
        }
        try (Checkpoint checkpoint = Checkpoint.open(source);
                NDManager scope = model.newScope()) {
            MergedConfig config = MergedConfig.of(checkpoint, model);
            List<TensorBytes> tensors = tensors(model, checkpoint, scope);
            List<String> copied = new ArrayList<>();
            double[] difference = new double[1];
            PublishedFolder.publish(target, folder -> {
                SafetensorsWriter.write(folder.resolve(WEIGHTS), tensors, Map.of());
                for (String name : ModelCompanions.of(source)) {
                    if (name.equals(config.name())) {
                        config.write(folder);
                    } else {
                        Files.copy(source.resolve(name), folder.resolve(name));
                        copied.add(name);
                    }
                }
                difference[0] = difference(model, folder);
                more.accept(folder);
            });
            long bytes = tensors.stream().mapToLong(TensorBytes::bytes).sum();
            return new Result(target, tensors.size(), bytes, difference[0], List.copyOf(copied));
        }
    }

    private static List<TensorBytes> tensors(LanguageModel model, Checkpoint checkpoint, NDManager scope) {
        List<TensorBytes> tensors = new ArrayList<>();
        model.parameters()
                .forEach((name, weight) -> tensors.add(
                        SafetensorsWriter.float32(checkpoint.storedName(name), weight.shape(), scope, weight::value)));
        return tensors;
    }

    /**
     * Loads the folder and compares.
     *
     * @throws InputException when it computes something else
     */
    private static double difference(LanguageModel model, Path folder) {
        try (LanguageModel merged = LanguageModel.load(folder, model.device(), model.kernel(), MatrixFormat.FLOAT32);
                NDManager scope = model.newScope()) {
            long vocabulary = model.config().vocabSize();
            long[] tokens = LongStream.range(0, TOKENS_COMPARED)
                    .map(i -> (31 * i + 7) % vocabulary)
                    .toArray();
            NDArray ids = scope.create(tokens, new Shape(1, tokens.length));
            NDArray expected = model.logits(model.forward(ids).hidden());
            NDArray actual = merged.logits(merged.forward(ids).hidden());
            double difference = expected.sub(actual).abs().max().getFloat()
                    / (double) expected.abs().max().getFloat();
            // written so that NaN fails
            if (!(difference <= ALLOWED)) {
                throw new InputException("the merged model's logits differ from the model's by " + difference
                        + " of the largest one (allowed " + ALLOWED + "), so nothing was written; an adapter acts"
                        + " elsewhere than in the weights, or the change is too large for float32");
            }
            return difference;
        }
    }
}
