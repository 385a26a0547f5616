package org.statecraft.workbench.execute;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.Evaluator;
import org.statecraft.eval.TaskResult;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.cache.AnswerFile;
import org.statecraft.eval.probes.ProbeResult;
import org.statecraft.eval.probes.ProbeScorer;
import org.statecraft.eval.probes.Ranking;
import org.statecraft.eval.probes.SymbolTokens;
import org.statecraft.eval.probes.TextProbe;
import org.statecraft.eval.probes.TextProbeTask;
import org.statecraft.eval.probes.TextProbeTask.Answering;
import org.statecraft.eval.probes.TextSource;
import org.statecraft.eval.probes.TokenProbe;
import org.statecraft.eval.probes.TokenProbeTask;
import org.statecraft.eval.scoring.LanguageModelScorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.files.IoFailures;
import org.statecraft.workbench.probes.ProbeReport;
import org.statecraft.workbench.recipe.ProbeEntry;
import org.statecraft.workbench.recipe.ProbeStep;
import org.statecraft.workbench.recipe.ProbeStep.Mode;
import org.statecraft.workbench.recipe.ResolvedRecipe;

/** Scores the current model on probes and writes the result file, with a heat map of each needle. */
record ProbeRunner(ProbeStep step) implements StepRunner {
    /** The longest input of any recipe: a prompt that lost its beginning might have lost the answer. */
    private static final int MAX_LENGTH = 1 << 20;

    @Override
    public String label(Workspace workspace) {
        // another name than that of an evaluate step, whose scores may stand beside these
        return step.label() != null ? step.label() : "probes " + workspace.condition();
    }

    @Override
    public Map<String, Path> inputs(ResolvedRecipe resolved) {
        Map<String, Path> files = new LinkedHashMap<>();
        step.probes().stream()
                .map(ProbeEntry::text)
                .filter(Objects::nonNull)
                .forEach(text -> files.put(text, resolved.dataFile(text)));
        return files;
    }

    @Override
    public Cost run(int index, Workspace workspace) {
        ScoreReport scores = new ScoreReport(index, label(workspace), workspace);
        Map<String, ProbeResult> found = new LinkedHashMap<>();
        // in the recipe's order, whatever is scored first
        step.probes().forEach(entry -> found.put(entry.title(), null));
        for (ProbeEntry entry : step.probes()) {
            if (!entry.inText()) {
                found.put(entry.title(), sequences(entry, workspace, scores));
            }
        }
        found.putAll(texts(workspace, scores));
        EvaluationResult result = new EvaluationResult(
                found.values().stream().map(ProbeResult::result).toList(), EvaluationOptions.defaults());
        ProbeReport report = new ProbeReport(found);
        for (ProbeEntry entry : step.probes()) {
            if (entry.type().equals(ProbeReport.NEEDLE)) {
                report.writeMaps(entry.title(), workspace.directory().samples(index, step.verb()))
                        .forEach(workspace::note);
            }
        }
        report.chances().forEach(workspace::note);
        scores.write(
                workspace.directory().evaluation(index, step.verb()),
                result,
                new ScoringOptions(step.batch(), MAX_LENGTH),
                Map.of("probes", report.additions()));
        scores.scored(result);
        return Cost.NONE;
    }

    private ProbeResult sequences(ProbeEntry entry, Workspace workspace, ScoreReport scores) {
        TokenProbe probe = entry.tokenProbe();
        workspace.checkStop();
        TokenProbeTask task = new TokenProbeTask(probe, entry.set(probe.slices(), step.seed()));
        task.drawn().forEach((slice, drawn) -> {
            if (drawn < entry.examples()) {
                workspace.note(entry.title() + " has only " + drawn + " different sequences of " + slice);
            }
        });
        Ranking ranking = ranking(probe, workspace);
        SymbolTokens tokens = SymbolTokens.of(probe, workspace.tokenizer());
        ProbeScorer scorer = new ProbeScorer(workspace.model(), tokens, ranking, step.batch());
        return task.score(scorer::score, ranking, (done, total) -> scores.progress(entry.title(), done, total));
    }

    private Ranking ranking(TokenProbe probe, Workspace workspace) {
        boolean all = step.mode() == null
                ? SymbolTokens.areAll(probe, workspace.tokenizer())
                : step.mode() == Mode.VOCABULARY;
        return all ? Ranking.VOCABULARY : Ranking.CANDIDATES;
    }

    /** The text probes together, so that their requests share batches. */
    private Map<String, ProbeResult> texts(Workspace workspace, ScoreReport scores) {
        Map<String, TextProbeTask> drawn = new LinkedHashMap<>();
        step.probes().stream()
                .filter(ProbeEntry::inText)
                .forEach(entry -> drawn.put(entry.title(), questions(entry, workspace)));
        if (drawn.isEmpty()) {
            return Map.of();
        }
        List<Task> tasks = drawn.values().stream().map(TextProbeTask::task).toList();
        ScoringOptions scoring = new ScoringOptions(step.batch(), MAX_LENGTH);
        Map<String, ProbeResult> found = new LinkedHashMap<>();
        try (AnswerFile answers = step.cache() ? scores.answers(MAX_LENGTH, 1) : null) {
            EvaluationResult result = Evaluator.run(
                    tasks,
                    LanguageModelScorer.of(workspace.model(), workspace.tokenizer(), scoring),
                    EvaluationOptions.defaults(),
                    answers == null ? AnswerCache.NONE : answers,
                    scores::progress);
            for (TaskResult task : result.tasks()) {
                String title = task.task().name();
                found.put(title, drawn.get(title).result(task));
            }
        }
        return found;
    }

    private TextProbeTask questions(ProbeEntry entry, Workspace workspace) {
        TextSource source =
                new TextSource(text -> workspace.tokenizer().encode(text).length, text(entry, workspace.resolved()));
        TextProbe probe = entry.textProbe(source);
        Answering answering = step.mode() == null
                ? Answering.BOTH
                : step.mode() == Mode.RANKING ? Answering.RANKED : Answering.WRITTEN;
        int maxTokens = step.maxTokens() == null ? MAX_LENGTH : step.maxTokens();
        return new TextProbeTask(
                probe, entry.set(probe.slices(), step.seed()), answering, maxTokens, workspace::checkStop);
    }

    private static String text(ProbeEntry entry, ResolvedRecipe resolved) {
        if (entry.text() == null) {
            return "";
        }
        Path file = resolved.dataFile(entry.text());
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    @Override
    public void restore(int index, Workspace workspace) {
        // a score changes nothing
    }
}
