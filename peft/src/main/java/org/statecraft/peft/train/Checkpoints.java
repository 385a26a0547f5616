package org.statecraft.peft.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.IoFailures;
import org.statecraft.model.files.JsonFiles;
import org.statecraft.model.files.ManifestException;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.safetensors.SafetensorsWriter;

/**
 * The checkpoints of one training: published folders named by the updates made, {@code 000150/}, of which the newest two stay.
 *
 * <p>Each one stands for itself: {@code adapter.safetensors}, {@code optimizer.safetensors}, {@code trainer.json} and, where the
 * best parameters are to be kept, {@code best.safetensors}.
 */
public final class Checkpoints {
    private static final Pattern NAME = Pattern.compile("\\d{6,9}");
    private static final int KEPT = 2;
    private static final String ADAPTER = "adapter.safetensors";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final String BEST = "best.safetensors";
    private static final String STATE = "trainer.json";
    private static final String FIRST_MOMENT = "first_moment";
    private static final String SECOND_MOMENT = "second_moment";

    private final Path folder;

    Checkpoints(Path folder) {
        this.folder = folder;
    }

    /**
     * What a checkpoint holds.
     *
     * @param adapter by parameter name
     * @param best as {@code adapter}, or null where there is none
     */
    record Content(
            TrainerState state,
            Map<String, NDArray> adapter,
            NDArray firstMoment,
            NDArray secondMoment,
            Map<String, NDArray> best) {}

    /**
     * The checkpoint to continue from.
     *
     * @param folder with one folder for each checkpoint; it may be absent
     * @param notes hears of damaged ones, which are passed over
     */
    public static Optional<Path> latestValid(Path folder, Consumer<String> notes) {
        for (Path checkpoint : new Checkpoints(folder).newestFirst()) {
            try {
                PublishedFolder.verify(checkpoint);
                return Optional.of(checkpoint);
            } catch (ManifestException e) {
                notes.accept("checkpoint passed over: " + e.getMessage());
            }
        }
        return Optional.empty();
    }

    /** All of them, damaged ones too. */
    List<Path> newestFirst() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child ->
                            NAME.matcher(child.getFileName().toString()).matches())
                    .filter(child -> Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS))
                    .sorted(Comparator.comparingInt(Checkpoints::step).reversed())
                    .toList();
        } catch (IOException e) {
            throw IoFailures.reading(folder, e);
        }
    }

    private static int step(Path checkpoint) {
        return Integer.parseInt(checkpoint.getFileName().toString());
    }

    private Path path(int step) {
        return folder.resolve("%06d".formatted(step));
    }

    /** Whether there is a valid checkpoint after so many updates. */
    boolean holds(int step) {
        return PublishedFolder.isValid(path(step));
    }

    /** Publishes a checkpoint in place of a damaged one of the same step, then removes old ones. */
    Path write(Content content) {
        Path target = path(content.state().step());
        PublishedFolder.remove(target);
        PublishedFolder.publish(target, temporary -> {
            SafetensorsWriter.write(temporary.resolve(ADAPTER), content.adapter(), Map.of());
            SafetensorsWriter.write(
                    temporary.resolve(OPTIMIZER),
                    Map.of(FIRST_MOMENT, content.firstMoment(), SECOND_MOMENT, content.secondMoment()),
                    Map.of());
            if (content.best() != null) {
                SafetensorsWriter.write(temporary.resolve(BEST), content.best(), Map.of());
            }
            AtomicFiles.writeJson(temporary.resolve(STATE), content.state());
        });
        newestFirst().stream()
                .filter(checkpoint -> step(checkpoint) <= content.state().step())
                .skip(KEPT)
                .forEach(PublishedFolder::remove);
        return target;
    }

    /** Reads a verified checkpoint; its arrays belong to {@code owner}. */
    static Content read(Path checkpoint, NDManager owner) {
        Map<String, NDArray> moments = tensors(checkpoint.resolve(OPTIMIZER), owner);
        Path best = checkpoint.resolve(BEST);
        return new Content(
                state(checkpoint.resolve(STATE)),
                tensors(checkpoint.resolve(ADAPTER), owner),
                moments.get(FIRST_MOMENT),
                moments.get(SECOND_MOMENT),
                Files.exists(best) ? tensors(best, owner) : null);
    }

    private static Map<String, NDArray> tensors(Path file, NDManager owner) {
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            stored.tensors().keySet().forEach(name -> tensors.put(name, stored.float32(owner, name)));
            return tensors;
        }
    }

    private static TrainerState state(Path file) {
        TrainerState state = JsonFiles.read(file, TrainerState.class);
        if (state.format() != TrainerState.FORMAT) {
            throw new InputException(file + " has format " + state.format() + ", this version reads "
                    + TrainerState.FORMAT + "; continue with the version that wrote it, or start again");
        }
        return state;
    }
}
