package org.statecraft.workbench.execute;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.statecraft.model.Devices;
import org.statecraft.model.Kernel;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.files.Hashes;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;

/**
 * What the steps of a run work on. A step takes the current model and leaves a changed one, or a score; nothing else passes
 * between steps.
 */
final class Workspace implements AutoCloseable {
    private final ResolvedRecipe resolved;
    private final RunDirectory directory;
    private final EventLog events;
    private final BooleanSupplier stop;
    private final Device device;
    private final Kernel kernel;
    private final List<String> changes = new ArrayList<>();
    /** Null, as all below, until the first step of a recipe without a model has trained one. */
    private Tokenizer tokenizer;

    private LanguageModel base;
    private Path firstFolder;
    private String firstName;
    private Path modelFolder;
    private String modelName;
    private LanguageModel model;
    private String fingerprint;

    private Workspace(ResolvedRecipe resolved, RunDirectory directory, EventLog events, BooleanSupplier stop) {
        this.resolved = resolved;
        this.directory = directory;
        this.events = events;
        this.stop = stop;
        this.device = Devices.parse(resolved.recipe().device());
        this.kernel = resolved.recipe().kernel().make();
    }

    /** Loads the model of the recipe, where it names one. */
    static Workspace open(ResolvedRecipe resolved, RunDirectory directory, EventLog events, BooleanSupplier stop) {
        Workspace workspace = new Workspace(resolved, directory, events, stop);
        try {
            if (!resolved.recipe().trainsItsModel()) {
                workspace.load(resolved.modelFolder(), resolved.recipe().model());
            }
            return workspace;
        } catch (RuntimeException e) {
            workspace.close();
            throw e;
        }
    }

    /** Puts a stored model in the place of the present one, which is released. */
    private void load(Path folder, String name) {
        if (tokenizer == null) {
            tokenizer = Tokenizer.load(folder);
        }
        LanguageModel loaded =
                LanguageModel.load(folder, device, kernel, resolved.recipe().weights());
        if (base != null) {
            base.close();
        }
        base = loaded;
        model = loaded;
        modelFolder = folder;
        modelName = name;
        if (firstFolder == null) {
            firstFolder = folder;
            firstName = name;
        }
        fingerprint = ModelFiles.fingerprint(folder);
        tokenizer.requireFits(loaded.config().vocabSize());
    }

    ResolvedRecipe resolved() {
        return resolved;
    }

    RunDirectory directory() {
        return directory;
    }

    EventLog events() {
        return events;
    }

    Tokenizer tokenizer() {
        return tokenizer;
    }

    /** The current model; there is none before the first step of a recipe that trains its model. */
    LanguageModel model() {
        return model;
    }

    /** Where the current model without its adapters comes from. */
    Path modelFolder() {
        return modelFolder;
    }

    /** What adapters of the current model name as theirs: as the recipe gives it, or a folder of this run. */
    String modelName() {
        return modelName;
    }

    /** Where the model comes from that no step has changed: that of the recipe, or the one that the first step trained. */
    Path firstFolder() {
        return firstFolder;
    }

    /** What {@link #modelName} was then. */
    String firstName() {
        return firstName;
    }

    /**
     * Loads another model beside the current one, in float32 whatever that is stored as; the caller closes it.
     *
     * @throws org.statecraft.model.InputException if its tokenizer has other tokens
     */
    LanguageModel loadOther(Path folder) {
        try (Tokenizer other = Tokenizer.load(folder)) {
            other.requireSameTokens(tokenizer);
        }
        return LanguageModel.load(folder, device, kernel, MatrixFormat.FLOAT32);
    }

    Device device() {
        return device;
    }

    /** What computes the layers of every model of this run. */
    Kernel kernel() {
        return kernel;
    }

    /** Goes on with a model that was stored, without adapters; the present one is released. */
    void replace(String verb, Path folder, String name) {
        load(folder, name);
        changes.add(verb);
    }

    /**
     * Replaces the current model by a changed view of it.
     *
     * @param artifact where that what changes it is stored
     */
    void change(String verb, LanguageModel changed, Path artifact) {
        changes.add(verb);
        model = changed;
        fingerprint = Hashes.sha256(fingerprint + " " + verb + " " + ModelFiles.fingerprint(artifact));
    }

    /** Equal for models that give the same answers: it changes with any weight and any adapter. */
    String fingerprint() {
        return fingerprint;
    }

    /** The state of the current model in a few words: "base", "after tune", "after tune 2". */
    String condition() {
        if (changes.isEmpty()) {
            return "base";
        }
        String last = changes.get(changes.size() - 1);
        int times = Collections.frequency(changes, last);
        return "after " + last + (times == 1 ? "" : " " + times);
    }

    void note(String text) {
        events.append(new Event.Note(events.now(), text));
    }

    BooleanSupplier stop() {
        return stop;
    }

    /** Leaves the step when a stop was asked for. */
    void checkStop() {
        if (stop.getAsBoolean()) {
            throw new Cancelled();
        }
    }

    @Override
    public void close() {
        if (base != null) {
            base.close();
        }
        if (tokenizer != null) {
            tokenizer.close();
        }
    }
}
