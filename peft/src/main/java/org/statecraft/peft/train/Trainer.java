package org.statecraft.peft.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.statecraft.model.Distillation;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Objective;
import org.statecraft.model.files.PublishedFolder;
import org.statecraft.peft.TunableAdapter;

/**
 * Trains an adapter in place on a frozen model.
 *
 * <p>The result depends on model, initial adapter, data and configuration only: a training that was interrupted anywhere and
 * resumed ends with the same bits (on one machine, with one thread count). Before the first update, {@link TrainingException}
 * reports an adapter that misses a layer, changes the model before it is trained, or gets no gradient.
 *
 * <p>One training at a time in a process: DJL has one gradient recorder.
 */
public final class Trainer {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LanguageModel base;
    private final TunableAdapter adapter;
    private final TrainingData data;
    private final TrainingConfig config;
    private Objective objective = Objective.CROSS_ENTROPY;
    /** Null where there is none. */
    private String teacher;

    private TrainingData validation;
    private Path checkpoints;
    private TrainingListener listener = new TrainingListener() {};
    private BooleanSupplier cancelled = () -> false;

    /**
     * A training without validation and checkpoints.
     *
     * @param base the model without this adapter; it may have others, which stay as they are
     * @throws InputException when the data does not suffice for one update
     */
    public Trainer(LanguageModel base, TunableAdapter adapter, TrainingData data, TrainingConfig config) {
        if (data.size() < config.examplesPerStep()) {
            throw new InputException(data + " holds " + data.size() + " examples, but one update takes "
                    + config.examplesPerStep() + " (batch " + config.batch() + " × accumulate " + config.accumulate()
                    + "); use more text, shorter windows or a smaller batch");
        }
        this.base = base;
        this.adapter = adapter;
        this.data = data;
        this.config = config;
    }

    /** Data that is scored every {@link TrainingConfig#evaluateEvery} updates. */
    public Trainer validateOn(TrainingData held) {
        this.validation = held;
        return this;
    }

    /**
     * Minimises this instead of the cross-entropy; validation losses are of the same kind.
     *
     * @param fingerprint changes when the teacher changes, so that a resumed training notices another one
     */
    public Trainer distill(Distillation distillation, String fingerprint) {
        this.objective = distillation;
        this.teacher = fingerprint;
        return this;
    }

    /** A folder of its own for the checkpoints; created when the first one is written. */
    public Trainer checkpointTo(Path folder) {
        this.checkpoints = folder;
        return this;
    }

    public Trainer listen(TrainingListener hears) {
        this.listener = hears;
        return this;
    }

    /** Asked before every batch, on the training thread. */
    public Trainer cancelWhen(BooleanSupplier asked) {
        this.cancelled = asked;
        return this;
    }

    /**
     * Trains from the adapter's present values.
     *
     * @throws InputException when the checkpoint folder already holds checkpoints
     */
    public TrainingReport train() {
        prepare();
        if (checkpoints != null && !new Checkpoints(checkpoints).newestFirst().isEmpty()) {
            throw new InputException(
                    checkpoints + " already holds checkpoints; resume that training or use another folder");
        }
        try (TrainingRun run = newRun()) {
            return run.complete();
        }
    }

    /**
     * Continues from the newest valid checkpoint, or trains from the start where there is none; the adapter must then have the
     * same initial values as at first.
     *
     * @throws InputException when the checkpoint belongs to a training with other settings
     */
    public TrainingReport resume() {
        if (checkpoints == null) {
            throw new IllegalStateException("nothing to resume from: no checkpoint folder was given");
        }
        prepare();
        Optional<Path> latest = Checkpoints.latestValid(checkpoints, listener::note);
        try (TrainingRun run = newRun()) {
            if (latest.isPresent()) {
                run.restore(latest.get());
                listener.note("continuing from " + latest.get());
            } else {
                listener.note("no checkpoint was published yet: training from the start");
            }
            return run.complete();
        }
    }

    private void prepare() {
        if (objective instanceof Distillation distillation) {
            Guards.teacherStays(distillation.teacher(), adapter);
        }
        if (config.evaluateEvery() > 0 && validation == null) {
            throw new InputException("evaluate-every is " + config.evaluateEvery()
                    + ", but there is no validation data; give one or set evaluate-every to 0");
        }
        if (checkpoints != null) {
            PublishedFolder.removeLeftovers(checkpoints)
                    .forEach(path -> listener.note("removed what a killed process left: " + path.getFileName()));
        }
    }

    private TrainingRun newRun() {
        return new TrainingRun(new TrainingJob(
                base, adapter, data, config, objective, validation, checkpoints, listener, cancelled, settings()));
    }

    /** Everything that decides the result, as text by path. */
    private Map<String, String> settings() {
        ObjectNode all = JSON.createObjectNode();
        ObjectNode training = JSON.valueToTree(config);
        // when to write a checkpoint changes nothing that is computed
        training.remove("checkpointEvery");
        all.set("training", training);
        if (objective instanceof Distillation distillation) {
            ObjectNode distilled = all.putObject("distill");
            distilled.put("teacher", teacher);
            distilled.put("weight", distillation.weight());
            distilled.put("temperature", distillation.temperature());
        }
        all.put("data", data.fingerprint());
        all.put("validation", config.evaluateEvery() == 0 ? "none" : validation.fingerprint());
        all.put("kernel", base.kernel().name());
        all.put("weights", base.format().toString());
        ObjectNode trained = all.putObject("adapter");
        trained.put("type", adapter.type());
        adapter.parameters()
                .forEach((key, tensor) -> trained.put(key, tensor.getShape().toString()));
        adapter.covered().forEach((key, entries) -> trained.put("entries of " + key, entries.toString()));
        Map<String, String> settings = new TreeMap<>();
        flatten("", all, settings);
        return settings;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.properties().forEach(field -> flatten(path + "/" + field.getKey(), field.getValue(), into));
        } else {
            into.put(path.substring(1), node.asText());
        }
    }
}
