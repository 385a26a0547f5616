package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.eval.DeltaScale;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.Evaluator;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.cache.AnswerFile;
import org.statecraft.eval.scoring.LanguageModelScorer;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.tasks.Task;
import org.statecraft.eval.tasks.TaskConfig;
import org.statecraft.model.LanguageModel;
import org.statecraft.workbench.recipe.EvaluateStep;
import org.statecraft.workbench.recipe.LocatedTask;
import org.statecraft.workbench.recipe.ResolvedRecipe;

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

    /** Reads the data and makes the first request of each task: a template that does not fit fails here. */
    @Override
    public void check(ResolvedRecipe resolved) {
        tasks(resolved).forEach(task -> task.task(config(task)).documents(all -> 1));
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        ScoreReport report = new ScoreReport(index, label(workspace), workspace);
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
        try (AnswerFile answers = step.cache() ? report.answers(step.maxLength(), step.deltaScale()) : null) {
            result = Evaluator.run(
                    tasks, scorer, options, answers == null ? AnswerCache.NONE : answers, report::progress);
        }
        Map<String, Object> additions = new LinkedHashMap<>();
        additions.put("deltaScale", step.deltaScale());
        additions.put("skipped", skipped);
        report.write(workspace.directory().evaluation(index, step.verb()), result, scoring, additions);
        report.scored(result);
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

    @Override
    public void restore(int index, Workspace workspace) {
        // a score changes nothing
    }

    /** The model at the sampling rate that is asked for. */
    private LanguageModel model(Workspace workspace) {
        LanguageModel model = workspace.model();
        return step.deltaScale() == 1 ? model : model.with(new DeltaScale(step.deltaScale()));
    }
}
