package org.statecraft.workbench.gate;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.statecraft.workbench.compare.Documents;
import org.statecraft.workbench.compare.EvaluationFile;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;

/** Collects the scores of a run from its files. */
public final class RunScores {
    private final RunDirectory directory;
    private final Map<MetricKey, CandidateScore> scores = new LinkedHashMap<>();
    private final Map<Quantity, Double> quantities = new LinkedHashMap<>();

    private RunScores(RunDirectory directory) {
        this.directory = directory;
    }

    /**
     * Everything that the run has; of a run without a summary only its state.
     *
     * @throws org.statecraft.model.InputException if a file is damaged
     */
    public static CandidateScores of(RunDirectory directory) {
        if (!Files.exists(directory.summary())) {
            return new CandidateScores(directory.id(), directory.state(), Map.of(), Map.of());
        }
        Summary summary = Summary.read(directory);
        RunScores scores = new RunScores(directory);
        scores.costs(summary);
        titled(summary).forEach(scores::evaluation);
        return new CandidateScores(directory.id(), summary.state(), scores.scores, scores.quantities);
    }

    /** The evaluations by label; a second one of the same label is "label (2)", as in the comparison of runs. */
    static Map<String, Summary.Evaluation> titled(Summary summary) {
        Map<String, Summary.Evaluation> titled = new LinkedHashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        for (Summary.Evaluation evaluation : summary.evaluations()) {
            int count = seen.merge(evaluation.label(), 1, Integer::sum);
            titled.put(evaluation.label() + (count > 1 ? " (" + count + ")" : ""), evaluation);
        }
        return titled;
    }

    /** Trained is what any step trained; the rest is that of the last model. */
    private void costs(Summary summary) {
        for (Summary.Step step : summary.steps()) {
            if (step.trainableParameters() != null) {
                quantities.merge(Quantity.ofRun("trainableParameters"), (double) step.trainableParameters(), Math::max);
            }
            if (step.totalParameters() != null) {
                quantities.put(Quantity.ofRun("totalParameters"), (double) step.totalParameters());
            }
            if (step.stateBytesPerSequence() != null) {
                quantities.put(Quantity.ofRun("stateBytesPerSequence"), (double) step.stateBytesPerSequence());
            }
        }
    }

    private void evaluation(String title, Summary.Evaluation evaluation) {
        EvaluationFile file = EvaluationFile.read(directory.evaluation(evaluation.step()));
        JsonNode parameters = file.tree().path("config").path("model_num_parameters");
        if (parameters.isNumber()) {
            // a run that only evaluates has no step that tells
            quantities.putIfAbsent(Quantity.ofRun("totalParameters"), parameters.doubleValue());
        }
        evaluation.tasks().forEach((task, metrics) -> {
            Path samples = Documents.file(directory.documentSamples(evaluation.step()), task);
            Documents documents = samples == null ? null : Documents.read(samples);
            SampleFile answers = samples == null ? null : SampleFile.read(samples);
            String answersHash = answers == null ? null : answers.answersHash();
            metrics.forEach((metric, score) -> {
                boolean known = documents != null && score.value() != null;
                scores.put(
                        new MetricKey(title, task, metric),
                        new CandidateScore(
                                score.value(),
                                score.stderr(),
                                score.n(),
                                score.higherIsBetter(),
                                file.version(task),
                                file.hash(task),
                                answersHash,
                                known ? DocumentScores.of(documents, metric, score.value()) : null));
                if (score.value() != null) {
                    quantities.put(new Quantity(metric, title, task), score.value());
                }
            });
            if (answers != null) {
                answers.quantities()
                        .forEach((name, value) ->
                                quantities.putIfAbsent(new Quantity(name, title, task), Objects.requireNonNull(value)));
            }
        });
    }
}
