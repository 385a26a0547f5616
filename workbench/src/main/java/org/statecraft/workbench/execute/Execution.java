package org.statecraft.workbench.execute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.statecraft.model.Devices;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.IoFailures;
import org.statecraft.workbench.recipe.CompareMethodsStep;
import org.statecraft.workbench.recipe.EvaluateStep;
import org.statecraft.workbench.recipe.FidelityStep;
import org.statecraft.workbench.recipe.GenerateStep;
import org.statecraft.workbench.recipe.MergeStep;
import org.statecraft.workbench.recipe.ProbeStep;
import org.statecraft.workbench.recipe.ReadOptions;
import org.statecraft.workbench.recipe.RecipeException;
import org.statecraft.workbench.recipe.RecipeReader;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.recipe.Step;
import org.statecraft.workbench.recipe.TrainStep;
import org.statecraft.workbench.recipe.TuneStep;
import org.statecraft.workbench.run.EnvironmentReport;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.PeakMemory;
import org.statecraft.workbench.run.ProgressView;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunLock;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.run.Summary;

/**
 * One run from its first event to its summary. The run directory is all that is kept, so a run whose process died continues
 * from there: steps that finished are restored, the step that did not is done again or, if it trains, taken up at its last
 * valid checkpoint.
 */
public final class Execution {
    private final ResolvedRecipe resolved;
    private final RunDirectory directory;
    private final Clock clock;
    private final BooleanSupplier stop;
    /** That of the models, once the run works on them. */
    private String kernel;

    private Execution(ResolvedRecipe resolved, RunDirectory directory, Clock clock, BooleanSupplier stop) {
        this.resolved = resolved;
        this.directory = directory;
        this.clock = clock;
        this.stop = stop;
    }

    /**
     * Makes the run directory of a recipe. Nothing has run yet.
     *
     * @param reading how the recipe was read: where its files are looked up
     * @throws InputException if the folder cannot be made or written
     */
    public static Execution begin(
            ResolvedRecipe resolved, ReadOptions reading, Path runsRoot, Clock clock, BooleanSupplier stop) {
        RunDirectory directory = RunDirectory.create(runsRoot, resolved.recipe().name(), clock, made -> {
            AtomicFiles.writeString(made.recipe(), text(resolved.source()));
            Origin.of(resolved, reading).write(made);
            AtomicFiles.writeString(made.resolvedRecipe(), resolved.toYaml());
        });
        return new Execution(resolved, directory, clock, stop);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    /**
     * Takes up a run that was begun before.
     *
     * @throws RecipeException if files that it needs are gone
     */
    public static Execution reopen(RunDirectory directory, Clock clock, BooleanSupplier stop) {
        ResolvedRecipe resolved = RecipeReader.read(directory.resolvedRecipe(), Origin.read(directory))
                .get(0);
        return new Execution(resolved, directory, clock, stop);
    }

    public RunDirectory directory() {
        return directory;
    }

    /**
     * Runs what is left of the recipe.
     *
     * @param view is told every event
     * @return how it ended, also where a step failed
     * @throws InputException if another process works on the run or nothing at all can be written
     */
    public Outcome run(ProgressView view) {
        RunLock lock = directory.lock();
        try (lock) {
            removeSummary();
            directory.removeLeftovers();
            List<Event> earlier = Files.exists(directory.events()) ? EventLog.read(directory.events()) : List.of();
            try (EventLog events = EventLog.open(directory.events(), clock)) {
                view.replay(earlier);
                events.addListener(view);
                Outcome outcome = run(events, earlier);
                try {
                    conclude(outcome, events, view);
                } catch (InputException e) {
                    // what broke the run before its last files could not be written either says more
                    return outcome.failure() == null ? new Outcome(RunState.FAILED, e.getMessage()) : outcome;
                }
                return outcome;
            }
        }
    }

    /** A summary says that the run has ended; one that is taken up again has not. */
    private void removeSummary() {
        try {
            Files.deleteIfExists(directory.summary());
        } catch (IOException e) {
            throw IoFailures.writing(directory.summary(), e);
        }
    }

    private Outcome run(EventLog events, List<Event> earlier) {
        Set<Integer> done = earlier.stream()
                .filter(Event.StepFinished.class::isInstance)
                .map(event -> ((Event.StepFinished) event).index())
                .collect(Collectors.toSet());
        String from = earlier.isEmpty() ? null : done.isEmpty() ? "start" : "step " + done.size();
        events.append(new Event.RunStarted(
                events.now(), directory.id(), resolved.recipe().name(), from));
        try {
            Devices.useThreads(resolved.recipe().threads());
            EnvironmentReport.collect(inputs()).write(directory);
            resolved.recipe().steps().forEach(step -> runner(step).check(resolved));
            try (Workspace workspace = Workspace.open(resolved, directory, events, stop)) {
                kernel = workspace.kernel().name();
                steps(workspace, done);
            }
            return new Outcome(RunState.COMPLETED, null);
        } catch (Cancelled e) {
            return new Outcome(RunState.CANCELLED, null);
        } catch (InputException e) {
            return new Outcome(RunState.FAILED, e.getMessage());
        } catch (RuntimeException | OutOfMemoryError e) {
            e.printStackTrace();
            return new Outcome(RunState.FAILED, e.toString());
        }
    }

    private void conclude(Outcome outcome, EventLog events, ProgressView view) {
        Event.RunFinished end = new Event.RunFinished(events.now(), outcome.state(), outcome.failure());
        try {
            events.append(end);
        } catch (InputException e) {
            view.accept(end);
            throw e;
        }
        Summary.RunIdentity identity = new Summary.RunIdentity(
                directory.id(),
                resolved.recipe().name(),
                resolved.recipe().seed(),
                resolved.recipeHash(),
                kernel,
                resolved.recipe().weights().toString());
        Summary.of(identity, outcome.state(), EventLog.read(directory.events())).write(directory);
    }

    private void steps(Workspace workspace, Set<Integer> done) {
        List<Step> steps = resolved.recipe().steps();
        for (int i = 0; i < steps.size(); i++) {
            StepRunner runner = runner(steps.get(i));
            if (done.contains(i)) {
                runner.restore(i, workspace);
                continue;
            }
            workspace.checkStop();
            EventLog events = workspace.events();
            Instant started = events.now();
            PeakMemory.reset();
            events.append(new Event.StepStarted(started, i, steps.get(i).verb(), runner.label(workspace)));
            StepRunner.Cost cost = runner.run(i, workspace);
            events.append(new Event.StepFinished(
                    events.now(),
                    i,
                    steps.get(i).verb(),
                    Duration.between(started, events.now()).toMillis() / 1000.0,
                    cost.trainableParameters(),
                    cost.totalParameters(),
                    PeakMemory.bytes(),
                    workspace.model().stateBytesPerSequence()));
        }
    }

    private static StepRunner runner(Step step) {
        if (step instanceof EvaluateStep evaluate) {
            return new EvaluateRunner(evaluate);
        } else if (step instanceof FidelityStep fidelity) {
            return new FidelityRunner(fidelity);
        } else if (step instanceof ProbeStep probe) {
            return new ProbeRunner(probe);
        } else if (step instanceof TrainStep train) {
            return new TrainRunner(train);
        } else if (step instanceof TuneStep tune) {
            return new TuneRunner(tune);
        } else if (step instanceof MergeStep merge) {
            return new MergeRunner(merge);
        } else if (step instanceof CompareMethodsStep compare) {
            return new CompareMethodsRunner(compare);
        }
        return new GenerateRunner((GenerateStep) step);
    }

    /** SHA-256 of every file that the run depends on, by the path as given in the recipe. */
    private Map<String, String> inputs() {
        Map<String, Path> files = new TreeMap<>();
        if (!resolved.recipe().trainsItsModel()) {
            files.putAll(ModelFiles.of(resolved.recipe().model(), resolved.modelFolder()));
        }
        resolved.recipe().steps().forEach(step -> files.putAll(runner(step).inputs(resolved)));
        Map<String, String> hashes = new TreeMap<>();
        files.forEach((given, file) -> hashes.put(given, Hashes.sha256(file)));
        return hashes;
    }
}
