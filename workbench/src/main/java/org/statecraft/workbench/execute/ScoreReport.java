package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.MetricValue;
import org.statecraft.eval.cache.AnswerFile;
import org.statecraft.eval.results.ModelFacts;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.results.RunFacts;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.model.Devices;
import org.statecraft.workbench.run.EnvironmentReport;
import org.statecraft.workbench.run.Event;

/** What a step that scores the model tells: its progress and scores as events, and what its result file says of model and run. */
final class ScoreReport {
    private final int step;
    private final String label;
    private final Workspace workspace;
    private final Instant started;
    private String current = "";
    /** When what is scored now began: with the step, or when the one before it was done. */
    private Instant currentStarted;

    private Instant latest;

    /** Begins with the step. */
    ScoreReport(int step, String label, Workspace workspace) {
        this.step = step;
        this.label = label;
        this.workspace = workspace;
        this.started = workspace.events().now();
        this.latest = started;
    }

    /** Turns counts into events with rate and remaining time, and leaves the step when a stop was asked for. */
    void progress(String what, int done, int total) {
        workspace.checkStop();
        Instant now = workspace.events().now();
        if (!what.equals(current)) {
            current = what;
            currentStarted = latest;
        }
        latest = now;
        double seconds = Duration.between(currentStarted, now).toMillis() / 1000.0;
        Double perSecond = seconds > 0 && done > 0 ? done / seconds : null;
        Double left = perSecond == null ? null : (total - done) / perSecond;
        workspace.events().append(new Event.EvaluationProgress(now, what, done, total, perSecond, left));
    }

    /** Answers that this model has given before, and will give; the caller closes it. */
    AnswerFile answers(int maxLength, double deltaScale) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("model", workspace.fingerprint());
        facts.put("kernel", workspace.model().kernel().name());
        facts.put("weights", workspace.model().format().toString());
        facts.put("device", Devices.name(workspace.model().device()));
        facts.put("maxLength", Integer.toString(maxLength));
        facts.put("deltaScale", Double.toString(deltaScale));
        AnswerFile answers = AnswerFile.open(workspace.directory().answers(), facts);
        if (answers.size() > 0) {
            workspace.note(answers.size() + " answers of this model are known from earlier evaluations");
        }
        return answers;
    }

    /**
     * Writes the result file.
     *
     * @param more what stands there under our own key, beside what every such file says of the run
     */
    void write(Path file, EvaluationResult result, ScoringOptions scoring, Map<String, ?> more) {
        Map<String, Object> additions = additions();
        additions.putAll(more);
        new ResultsWriter(result, model(), scoring, run()).write(file, additions);
    }

    /** Says every score. */
    void scored(EvaluationResult result) {
        result.tasks().forEach(task -> task.metrics()
                .forEach((metric, value) -> scored(task.task().name(), metric.key(), value)));
    }

    void scored(String task, String metric, MetricValue value) {
        workspace
                .events()
                .append(new Event.TaskScored(
                        workspace.events().now(),
                        step,
                        label,
                        task,
                        metric,
                        value.value(),
                        value.stderr(),
                        value.n(),
                        value.higherIsBetter()));
    }

    ModelFacts model() {
        return new ModelFacts(
                workspace.firstName(),
                Map.of(),
                workspace.model().parameterCount(),
                workspace.model().format().toString(),
                Devices.name(workspace.model().device()),
                workspace.tokenizer().endOfText());
    }

    /** With the time that has passed until now. */
    RunFacts run() {
        EnvironmentReport environment = EnvironmentReport.read(workspace.directory());
        String gitHash = environment == null || environment.git() == null
                ? null
                : environment.git().commit();
        return new RunFacts(
                started, Duration.between(started, workspace.events().now()), gitHash);
    }

    /** What every result file adds to the keys of the harness; a step adds more. */
    Map<String, Object> additions() {
        Map<String, Object> additions = new LinkedHashMap<>();
        additions.put("label", label);
        additions.put("recipeHash", workspace.resolved().recipeHash());
        additions.put("kernel", workspace.model().kernel().name());
        additions.put("weights", workspace.model().format().toString());
        return additions;
    }
}
