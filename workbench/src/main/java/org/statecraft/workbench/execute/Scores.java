package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.cache.AnswerFile;
import org.statecraft.eval.results.ModelFacts;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.results.RunFacts;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.model.Devices;
import org.statecraft.workbench.run.EnvironmentReport;
import org.statecraft.workbench.run.Event;

/** What a step that scores the current model leaves behind: answers, the result file and events. */
final class Scores {
    private final Workspace workspace;
    private final String label;
    private final Instant started;

    /**
     * For a step that begins now.
     *
     * @param label what its scores are called
     */
    Scores(Workspace workspace, String label) {
        this.workspace = workspace;
        this.label = label;
        this.started = workspace.events().now();
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
        Map<String, Object> additions = new LinkedHashMap<>();
        additions.put("label", label);
        additions.put("recipeHash", workspace.resolved().recipeHash());
        additions.put("kernel", workspace.model().kernel().name());
        additions.put("weights", workspace.model().format().toString());
        additions.putAll(more);
        Duration duration = Duration.between(started, workspace.events().now());
        new ResultsWriter(result, facts(), scoring, new RunFacts(started, duration, gitHash())).write(file, additions);
    }

    private ModelFacts facts() {
        String given = workspace.resolved().recipe().model();
        return new ModelFacts(
                given == null ? workspace.modelName() : given,
                Map.of(),
                workspace.model().parameterCount(),
                workspace.model().format().toString(),
                Devices.name(workspace.model().device()),
                workspace.tokenizer().endOfText());
    }

    private String gitHash() {
        EnvironmentReport environment = EnvironmentReport.read(workspace.directory());
        return environment == null || environment.git() == null
                ? null
                : environment.git().commit();
    }

    /** Says every score. */
    void tell(int index, EvaluationResult result) {
        result.tasks().forEach(task -> task.metrics().forEach((metric, value) -> workspace
                .events()
                .append(new Event.TaskScored(
                        workspace.events().now(),
                        index,
                        label,
                        task.task().name(),
                        metric.key(),
                        value.value(),
                        value.stderr(),
                        value.n(),
                        value.higherIsBetter()))));
    }
}
