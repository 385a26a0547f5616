package org.statecraft.workbench.execute;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.fidelity.Fidelity;
import org.statecraft.eval.fidelity.FidelityScore;
import org.statecraft.eval.fidelity.FidelitySettings;
import org.statecraft.eval.fidelity.FidelityTask;
import org.statecraft.eval.fidelity.FidelityWindow;
import org.statecraft.eval.fidelity.FidelityWindows;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.statistics.Interval;
import org.statecraft.eval.statistics.PairedDifference;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.records.TextInput;
import org.statecraft.workbench.recipe.FidelityStep;
import org.statecraft.workbench.recipe.ResolvedRecipe;

/** Compares the current model with its base and writes the result file. The base is in memory for the step only. */
record FidelityRunner(FidelityStep step) implements StepRunner {
    private static final double LEVEL = 0.95;

    @Override
    public String label(Workspace workspace) {
        return step.label() != null ? step.label() : "fidelity " + workspace.condition();
    }

    @Override
    public Map<String, Path> inputs(ResolvedRecipe resolved) {
        Map<String, Path> files = new LinkedHashMap<>();
        files.put(step.text(), resolved.dataFile(step.text()));
        if (step.base() != null) {
            files.putAll(ModelFiles.of(step.base(), resolved.modelFolder(step.base())));
        }
        return files;
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        ScoreReport report = new ScoreReport(index, label(workspace), workspace);
        FidelitySettings settings = new FidelitySettings(
                step.shortest(),
                step.longest(),
                step.continuation(),
                step.windows(),
                workspace.resolved().recipe().seed());
        Path text = workspace.resolved().dataFile(step.text());
        List<FidelityWindow> windows =
                FidelityWindows.draw(text.toString(), TextInput.text(text), workspace.tokenizer(), settings);
        Path folder = step.base() == null
                ? workspace.firstFolder()
                : workspace.resolved().modelFolder(step.base());
        List<FidelityScore> scores;
        try (LanguageModel base = workspace.loadOther(folder)) {
            scores = Fidelity.of(
                    base,
                    workspace.model(),
                    windows,
                    step.batch(),
                    (done, total) -> report.progress("windows", done, total));
        }
        FidelityTask task = new FidelityTask(step.text(), settings, windows, scores);
        write(index, task, folder, workspace, report);
        task.metrics().forEach((metric, value) -> report.scored(FidelityTask.NAME, metric, value));
        workspace.note(sentence(task, name(workspace)));
        return Cost.NONE;
    }

    private String name(Workspace workspace) {
        return step.base() == null ? workspace.firstName() : step.base();
    }

    private void write(int index, FidelityTask task, Path folder, Workspace workspace, ScoreReport report) {
        PairedDifference change = task.change();
        Interval interval = change.interval(LEVEL);
        Map<String, Object> base = new LinkedHashMap<>();
        base.put("model", name(workspace));
        base.put("fingerprint", ModelFiles.fingerprint(folder));
        base.put(
                "bitsPerByte",
                task.scores().stream()
                        .mapToDouble(FidelityScore::baseBitsPerByte)
                        .average()
                        .orElseThrow());
        base.put("change", change.mean());
        base.put("changeStderr", change.stderr());
        base.put("changeInterval95", List.of(interval.low(), interval.high()));
        Map<String, Object> additions = report.additions();
        additions.put("base", base);
        new ResultsWriter(
                        List.of(task),
                        new EvaluationOptions(EvaluationOptions.ALL, 0),
                        report.model(),
                        new ScoringOptions(step.batch(), step.longest() + step.continuation()),
                        report.run())
                .write(workspace.directory().evaluation(index, step.verb()), additions);
    }

    private static String sentence(FidelityTask task, String base) {
        PairedDifference change = task.change();
        Interval interval = change.interval(LEVEL);
        return String.format(
                Locale.ROOT,
                "against %s: %+.4f bits per byte (95 %% of %d pairs: %+.4f to %+.4f), divergence %.4g nats,"
                        + " the likeliest token agrees at %.2f %% of positions",
                base,
                change.mean(),
                change.n(),
                interval.low(),
                interval.high(),
                task.metrics().get("kl_divergence").value(),
                100 * task.metrics().get("argmax_agreement").value());
    }

    @Override
    public void restore(int index, Workspace workspace) {
        // a comparison changes nothing
    }
}
