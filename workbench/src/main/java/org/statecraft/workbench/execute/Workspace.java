package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.statecraft.model.Devices;
import org.statecraft.model.LanguageModel;
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
    private final Tokenizer tokenizer;
    private final List<String> changes = new ArrayList<>();
    private LanguageModel base;
    private Path modelFolder;
    private String modelName;
    private LanguageModel model;
    private String fingerprint;

    private Workspace(
            ResolvedRecipe resolved,
            RunDirectory directory,
            EventLog events,
            BooleanSupplier stop,
            Tokenizer tokenizer,
            LanguageModel base) {
        this.resolved = resolved;
        this.directory = directory;
        this.events = events;
        this.stop = stop;
        this.tokenizer = tokenizer;
        this.base = base;
        this.modelFolder = resolved.modelFolder();
        this.modelName = resolved.recipe().model();
        this.model = base;
        this.fingerprint = ModelFiles.fingerprint(modelFolder);
    }

    static Workspace open(ResolvedRecipe resolved, RunDirectory directory, EventLog events, BooleanSupplier stop) {
        Tokenizer tokenizer = Tokenizer.load(resolved.modelFolder());
        LanguageModel base = null;
        try {
            base = LanguageModel.load(
                    resolved.modelFolder(),
                    Devices.parse(resolved.recipe().device()),
                    resolved.recipe().kernel().make(),
                    resolved.recipe().weights());
            tokenizer.requireFits(base.config().vocabSize());
            return new Workspace(resolved, directory, events, stop, tokenizer, base);
        } catch (RuntimeException e) {
            if (base != null) {
                base.close();
            }
            tokenizer.close();
            throw e;
        }
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

    /** The current model. */
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

    /** Goes on with a model that was stored, without adapters; the present one is released. */
    void replace(String verb, Path folder, String name) {
        LanguageModel loaded = LanguageModel.load(
                folder,
                model.device(),
                resolved.recipe().kernel().make(),
                resolved.recipe().weights());
        base.close();
        base = loaded;
        modelFolder = folder;
        modelName = name;
        changes.add(verb);
        model = loaded;
        fingerprint = ModelFiles.fingerprint(folder);
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
        base.close();
        tokenizer.close();
    }
}
