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
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.cache.AnswerFile;
import org.statecraft.eval.results.ModelFacts;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.results.RunFacts;
import org.statecraft.eval.scoring.LanguageModelScorer;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.tasks.Task;
import org.statecraft.eval.tasks.TaskConfig;
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
        tasks(resolved).forEach(task -> files.putAll(task.files()));
        return files;
    }

    /** The tasks whose data is there. */
    private List<LocatedTask> tasks(ResolvedRecipe resolved) {
        return step.tasks().stream()
                .map(resolved::task)
                .filter(LocatedTask::runnable)
                .toList();
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        Instant started = workspace.events().now();
        Map<String, List<String>> skipped = skipped(workspace);
        ScoringOptions scoring = new ScoringOptions(step.batch(), step.maxLength());
        Scorer scorer = LanguageModelScorer.of(model(workspace), workspace.tokenizer(), scoring);
        double limit = step.limit() == null ? EvaluationOptions.ALL : step.limit();
        EvaluationOptions options =
                new EvaluationOptions(limit, EvaluationOptions.defaults().bootstrapReplicates());
        List<Task> tasks = tasks(workspace.resolved()).stream()
                .map(task -> task.task(config(task)))
                .toList();
        EvaluationResult result;
        try (AnswerFile answers = answers(workspace)) {
            result = Evaluator.run(
                    tasks,
                    scorer,
                    options,
                    answers == null ? AnswerCache.NONE : answers,
                    new Progress(workspace.events(), workspace)::at);
        }
        Duration duration = Duration.between(started, workspace.events().now());
        Map<String, Object> additions = additions(workspace);
        additions.put("skipped", skipped);
        new ResultsWriter(result, facts(workspace), scoring, new RunFacts(started, duration, gitHash(workspace)))
                .write(workspace.directory().evaluation(index), additions);
        tell(index, workspace, result);
        return Cost.NONE;
    }

    /** What each task that is left out needs. */
    private Map<String, List<String>> skipped(Workspace workspace) {
        Map<String, List<String>> skipped = new LinkedHashMap<>();
        for (String name : step.tasks()) {
            LocatedTask task = workspace.resolved().task(name);
            if (!task.runnable()) {
                skipped.put(name, task.missing());
                workspace.note("task " + name + " is skipped: it needs " + String.join(" and ", task.missing()));
            }
        }
        return skipped;
    }

    /** The task with what the step says otherwise. */
    private TaskConfig config(LocatedTask task) {
        TaskConfig config = task.config();
        config = step.numFewshot() == null ? config : config.withFewShot(step.numFewshot());
        return step.maxTokens() == null ? config : config.withMaxTokens(step.maxTokens());
    }

    /** Answers that this model has given before; null where they are not to be used. */
    private AnswerFile answers(Workspace workspace) {
        if (!step.cache()) {
            return null;
        }
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("model", workspace.fingerprint());
        facts.put("kernel", workspace.model().kernel().name());
        facts.put("weights", workspace.model().format().toString());
        facts.put("device", Devices.name(workspace.model().device()));
        facts.put("maxLength", Integer.toString(step.maxLength()));
        facts.put("deltaScale", Double.toString(step.deltaScale()));
        AnswerFile answers = AnswerFile.open(workspace.directory().answers(), facts);
        if (answers.size() > 0) {
            workspace.note(answers.size() + " answers of this model are known from earlier evaluations");
        }
        return answers;
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
