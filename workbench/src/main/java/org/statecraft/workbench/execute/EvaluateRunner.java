package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.DeltaScale;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.Evaluator;
import org.statecraft.eval.results.ModelFacts;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.results.RunFacts;
import org.statecraft.eval.scoring.LanguageModelScorer;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.Devices;
import org.statecraft.model.LanguageModel;
import org.statecraft.workbench.recipe.EvaluateStep;
import org.statecraft.workbench.recipe.LocatedTask;
import org.statecraft.workbench.recipe.ResolvedRecipe;
import org.statecraft.workbench.run.EnvironmentReport;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;

/** Scores the current model on tasks and writes the result file. */
record EvaluateRunner(EvaluateStep step) implements StepRunner {

    @Override
    public String label(Workspace workspace) {
        if (step.label() != null) {
            return step.label();
        }
        return workspace.condition() + (step.deltaScale() == 1 ? "" : ", Δ × " + step.deltaScale());
    }

    @Override
    public Map<String, Path> inputs(ResolvedRecipe resolved) {
        Map<String, Path> files = new LinkedHashMap<>();
        for (String name : step.tasks()) {
            LocatedTask task = resolved.task(name);
            TaskOfSpec.files(task).forEach((given, file) -> files.put(given, file));
        }
        return files;
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        Instant started = workspace.events().now();
        ScoringOptions scoring = new ScoringOptions(step.batch(), step.maxLength());
        Scorer scorer = LanguageModelScorer.of(model(workspace), workspace.tokenizer(), scoring);
        int limit = step.limit() == null ? EvaluationOptions.ALL : step.limit();
        EvaluationOptions options =
                new EvaluationOptions(limit, EvaluationOptions.defaults().bootstrapReplicates());
        List<Task> tasks = step.tasks().stream()
                .map(name -> TaskOfSpec.task(workspace.resolved().task(name)))
                .toList();
        EvaluationResult result =
                Evaluator.run(tasks, scorer, options, new Progress(workspace.events(), workspace)::at);
        Duration duration = Duration.between(started, workspace.events().now());
        new ResultsWriter(result, facts(workspace), scoring, new RunFacts(started, duration, gitHash(workspace)))
                .write(workspace.directory().evaluation(index), additions(workspace));
        tell(index, workspace, result);
        return Cost.NONE;
    }

    @Override
    public void restore(int index, Workspace workspace) {
        // a score changes nothing
    }

    /** The model at the sampling rate that is asked for. */
    private LanguageModel model(Workspace workspace) {
        LanguageModel model = workspace.model();
        return step.deltaScale() == 1 ? model : model.with(new DeltaScale(step.deltaScale()));
    }

    private static ModelFacts facts(Workspace workspace) {
        return new ModelFacts(
                workspace.resolved().recipe().model(),
                Map.of(),
                workspace.model().parameterCount(),
                workspace.model().format().toString(),
                Devices.name(workspace.model().device()),
                workspace.tokenizer().endOfText());
    }

    private static String gitHash(Workspace workspace) {
        EnvironmentReport environment = EnvironmentReport.read(workspace.directory());
        return environment == null || environment.git() == null
                ? null
                : environment.git().commit();
    }

    private Map<String, Object> additions(Workspace workspace) {
        Map<String, Object> additions = new LinkedHashMap<>();
        additions.put("label", label(workspace));
        additions.put("recipeHash", workspace.resolved().recipeHash());
        additions.put("kernel", workspace.model().kernel().name());
        additions.put("weights", workspace.model().format().toString());
        additions.put("deltaScale", step.deltaScale());
        return additions;
    }

    private void tell(int index, Workspace workspace, EvaluationResult result) {
        result.tasks().forEach(task -> task.metrics().forEach((metric, value) -> workspace
                .events()
                .append(new Event.TaskScored(
                        workspace.events().now(),
                        index,
                        label(workspace),
                        task.task().name(),
                        metric.key(),
                        value.value(),
                        value.stderr(),
                        value.n(),
                        value.higherIsBetter()))));
    }

    /** Turns counts into events with rate and remaining time, and stops the evaluation when asked to. */
    private static final class Progress {
        private final EventLog events;
        private final Workspace workspace;
        private String task = "";
        /** When the current task began: with the step, or when the one before it was done. */
        private Instant started;

        private Instant latest;

        Progress(EventLog events, Workspace workspace) {
            this.events = events;
            this.workspace = workspace;
            this.latest = events.now();
        }

        void at(String name, int done, int total) {
            workspace.checkStop();
            Instant now = events.now();
            if (!name.equals(task)) {
                task = name;
                started = latest;
            }
            latest = now;
            double seconds = Duration.between(started, now).toMillis() / 1000.0;
            Double perSecond = seconds > 0 && done > 0 ? done / seconds : null;
            Double left = perSecond == null ? null : (total - done) / perSecond;
            events.append(new Event.EvaluationProgress(now, name, done, total, perSecond, left));
        }
    }
}
