package org.statecraft.model.pickle;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.statecraft.model.InputException;
import org.statecraft.model.files.ModelCompanions;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.model.pickle.PickleException.Kind;
import org.statecraft.model.safetensors.SafetensorsWriter;
import org.statecraft.model.safetensors.TensorBytes;

/**
 * Turns a model folder with PyTorch's {@code pytorch_model.bin}, in one file or in shards, into one with
 * {@code model.safetensors}. Every tensor keeps its name, its type and its bits; {@code lm_head.weight} is left out where it
 * shares the memory of the embedding. Configuration and tokenizer are copied. The pickle is decoded and not executed.
 */
public final class ModelImport {
    private static final String WEIGHTS = "model.safetensors";

    private ModelImport() {}

    /** Is told how far the copying has come. */
    @FunctionalInterface
    public interface Progress {
        /**
         * Called now and then, with rising numbers.
         *
         * @param done bytes of tensors written so far
         * @param total bytes of all tensors
         */
        void copied(long done, long total);
    }

    /**
     * What an import made.
     *
     * @param tensors their number
     * @param bytes the size of all tensors
     * @param tied the head, if it was left out
     * @param copied names of the other files, in order
     */
    public record Result(Path folder, int tensors, long bytes, List<String> tied, List<String> copied) {}

    /**
     * Imports a model. The new folder appears as a whole or not at all.
     *
     * @param source a folder with {@code pytorch_model.bin} or {@code pytorch_model.bin.index.json}, or one checkpoint
     * @param target a folder that does not exist yet
     * @throws PickleException when a file is damaged or holds something else than tensors
     * @throws InputException when there is nothing to import, {@code target} exists or the operating system refuses
     */
    public static Result run(Path source, Path target, Progress progress) {
        try (TorchFolder weights = TorchFolder.open(source)) {
            Counter counter = new Counter(total(weights), progress);
            List<TensorBytes> tensors = weights.tensors().values().stream()
                    .map(located -> stored(located, counter))
                    .toList();
            Path beside =
                    Files.isDirectory(source) ? source : source.toAbsolutePath().getParent();
            PublishedFolder.removeLeftovers(target.toAbsolutePath().getParent());
            List<String> copied = new ArrayList<>();
            PublishedFolder.publish(target, folder -> {
                write(folder.resolve(WEIGHTS), tensors, source);
                for (String name : ModelCompanions.of(beside)) {
                    Files.copy(beside.resolve(name), folder.resolve(name));
                    copied.add(name);
                }
            });
            return new Result(target, tensors.size(), counter.total, List.copyOf(weights.tied()), List.copyOf(copied));
        }
    }

    private static void write(Path file, List<TensorBytes> tensors, Path source) throws IOException {
        try {
            SafetensorsWriter.write(file, tensors, Map.of());
        } catch (IllegalArgumentException e) {
            throw PickleException.of(
                    Kind.CONTENT,
                    source,
                    "a problem (" + e.getMessage() + ")",
                    "names that a safetensors file can hold");
        }
    }

    private static final class Counter {
        private final long total;
        private final Progress progress;
        private long done;

        private Counter(long total, Progress progress) {
            this.total = total;
            this.progress = progress;
        }

        private void add(long bytes) {
            done += bytes;
            progress.copied(done, total);
        }
    }

    private static long total(TorchFolder weights) {
        return weights.tensors().values().stream()
                .mapToLong(located -> located.tensor().bytes())
                .sum();
    }

    private static TensorBytes stored(TorchFolder.Located located, Counter counter) {
        Value.Tensor tensor = located.tensor();
        return new TensorBytes(
                located.name(),
                tensor.storage().dtype(),
                new Shape(tensor.layout().sizes()),
                channel -> located.file().copy(tensor, channel, counter::add));
    }
}
