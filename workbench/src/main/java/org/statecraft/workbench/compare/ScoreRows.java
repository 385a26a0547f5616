package org.statecraft.workbench.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.table.Cell;

/**
 * The scores of several runs, a row for each evaluation, task and metric.
 *
 * <p>Evaluations are put beside each other by their labels. Where the last ones of completed runs have different labels ("after
 * tune", "after prune") they are shown once more beside each other as "last". A difference is given for the same documents only; it carries
 * an error and an interval only where both runs kept the score of each document.
 */
final class ScoreRows {
    private static final String LAST = "last";

    private final List<RunData> runs;
    private final Set<String> notes;
    private final Map<List<Object>, Documents> documents = new HashMap<>();
    private final Map<List<Object>, EvaluationFile> files = new HashMap<>();

    private record Metric(String task, String name) {}

    /** @param notes receives what a reader must know about the differences */
    ScoreRows(List<RunData> runs, Set<String> notes) {
        this.runs = runs;
        this.notes = notes;
    }

    List<List<Cell>> rows() {
        List<List<Cell>> rows = new ArrayList<>();
        aligned().forEach((title, evaluations) -> {
            for (Metric metric : metrics(evaluations)) {
                rows.add(row(title, evaluations, metric));
            }
        });
        if (rows.stream()
                .flatMap(List::stream)
                .anyMatch(cell -> cell instanceof Cell.Change change && change.significant())) {
            notes.add("* the 95 % interval of the difference over the same documents excludes 0");
        }
        return rows;
    }

    /** For each title the evaluation of each run; null where a run has none. */
    private Map<String, List<Summary.Evaluation>> aligned() {
        Map<String, Summary.Evaluation[]> byLabel = new LinkedHashMap<>();
        Summary.Evaluation[] last = new Summary.Evaluation[runs.size()];
        Set<String> lastTitles = new LinkedHashSet<>();
        for (int r = 0; r < runs.size(); r++) {
            Map<String, Integer> seen = new HashMap<>();
            String title = null;
            for (Summary.Evaluation evaluation : runs.get(r).summary().evaluations()) {
                int count = seen.merge(evaluation.label(), 1, Integer::sum);
                title = evaluation.label() + (count > 1 ? " (" + count + ")" : "");
                byLabel.computeIfAbsent(title, label -> new Summary.Evaluation[runs.size()])[r] = evaluation;
            }
            // what a run that did not complete scored last is not what it would have come to
            if (title != null && runs.get(r).summary().state() == RunState.COMPLETED) {
                lastTitles.add(title);
                last[r] = byLabel.get(title)[r];
            }
        }
        if (lastTitles.size() > 1) {
            byLabel.put(LAST, last);
        }
        Map<String, List<Summary.Evaluation>> aligned = new LinkedHashMap<>();
        byLabel.forEach((title, evaluations) -> aligned.put(title, Arrays.asList(evaluations)));
        return aligned;
    }

    private static Set<Metric> metrics(List<Summary.Evaluation> evaluations) {
        Set<Metric> metrics = new LinkedHashSet<>();
        evaluations.stream().filter(Objects::nonNull).forEach(evaluation -> evaluation
                .tasks()
                .forEach((task, scores) -> scores.keySet().forEach(name -> metrics.add(new Metric(task, name)))));
        return metrics;
    }

    private List<Cell> row(String title, List<Summary.Evaluation> evaluations, Metric metric) {
        List<Summary.Score> scores = evaluations.stream()
                .map(evaluation -> score(evaluation, metric))
                .toList();
        boolean higherIsBetter = scores.stream()
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow()
                .higherIsBetter();
        List<Cell> row = new ArrayList<>(List.of(
                new Cell.Text(title), new Cell.Text(metric.task()), new Cell.Metric(metric.name(), higherIsBetter)));
        scores.forEach(score -> row.add(score == null ? Cell.MISSING : Cell.ofScore(score.value(), score.stderr())));
        for (int r = 1; r < runs.size(); r++) {
            boolean both = scores.get(0) != null && scores.get(r) != null;
            row.add(both ? change(title, evaluations, metric, r) : Cell.MISSING);
        }
        return row;
    }

    private static Summary.Score score(Summary.Evaluation evaluation, Metric metric) {
        return evaluation == null
                ? null
                : evaluation.tasks().getOrDefault(metric.task(), Map.of()).get(metric.name());
    }

    private Cell change(String title, List<Summary.Evaluation> evaluations, Metric metric, int r) {
        Summary.Score base = score(evaluations.get(0), metric);
        Summary.Score other = score(evaluations.get(r), metric);
        if (base.value() == null || other.value() == null) {
            return Cell.MISSING;
        }
        String obstacle = obstacle(evaluations, metric, r);
        if (obstacle != null) {
            notes.add(metric.task() + ", " + title + ": no difference between " + Comparison.letter(0) + " and "
                    + Comparison.letter(r) + ", because " + obstacle);
            return Cell.MISSING;
        }
        double difference = other.value() - base.value();
        Documents these = documents(0, evaluations, metric.task());
        Documents those = documents(r, evaluations, metric.task());
        PairedDifference paired = these == null || those == null ? null : paired(metric, these, base, those, other);
        return paired == null
                ? new Cell.Change(difference)
                : new Cell.Change(difference, paired.stderr(), paired.low(), paired.high());
    }

    private static PairedDifference paired(
            Metric metric, Documents these, Summary.Score base, Documents those, Summary.Score other) {
        double[] baseShares = DocumentShares.of(these, metric.name(), base.value());
        double[] otherShares = DocumentShares.of(those, metric.name(), other.value());
        return baseShares == null || otherShares == null ? null : PairedDifference.of(baseShares, otherShares);
    }

    /** Why two scores of a task do not measure the same; null if nothing speaks against it. */
    private String obstacle(List<Summary.Evaluation> evaluations, Metric metric, int r) {
        String task = metric.task();
        EvaluationFile thisFile = file(0, evaluations);
        EvaluationFile thatFile = file(r, evaluations);
        String versions = differing("the task has version ", thisFile.version(task), thatFile.version(task), r);
        if (versions != null) {
            return versions;
        }
        Documents these = documents(0, evaluations, task);
        Documents those = documents(r, evaluations, task);
        if (these != null && those != null && !these.sameAs(those)) {
            return "the documents differ: " + these.missingFrom(those) + " of " + these.size() + " in "
                    + Comparison.letter(0) + " and " + those.missingFrom(these) + " of " + those.size() + " in "
                    + Comparison.letter(r) + " have a doc_hash that the other lacks";
        }
        String hashes = differing("task_hashes is ", thisFile.hash(task), thatFile.hash(task), r);
        if (hashes != null) {
            return hashes + " (other documents, prompts or targets)";
        }
        long thisCount = score(evaluations.get(0), metric).n();
        long thatCount = score(evaluations.get(r), metric).n();
        return thisCount == thatCount
                ? null
                : differing("the number of documents is ", String.valueOf(thisCount), String.valueOf(thatCount), r);
    }

    private static String differing(String what, String base, String other, int r) {
        return base == null || other == null || base.equals(other)
                ? null
                : what + shortened(base) + " in " + Comparison.letter(0) + " and " + shortened(other) + " in "
                        + Comparison.letter(r);
    }

    private Documents documents(int r, List<Summary.Evaluation> evaluations, String task) {
        RunDirectory directory = runs.get(r).directory();
        int step = evaluations.get(r).step();
        List<Object> key = List.of(r, step, task);
        if (!documents.containsKey(key)) {
            documents.put(key, Documents.find(directory.documentSamples(step), task));
        }
        return documents.get(key);
    }

    private EvaluationFile file(int r, List<Summary.Evaluation> evaluations) {
        int step = evaluations.get(r).step();
        return files.computeIfAbsent(
                List.of(r, step),
                key -> EvaluationFile.read(runs.get(r).directory().evaluation(step)));
    }

    /** A hash as far as people compare it by eye. */
    static String shortened(String hash) {
        return hash == null || hash.length() <= 12 ? hash : hash.substring(0, 12);
    }
}
