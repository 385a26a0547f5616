package org.statecraft.workbench.compare;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.table.Cell;

/**
 * The scores of several columns, a row for each evaluation, task and metric.
 *
 * <p>A difference is given for the same documents only; it carries an error and an interval only where both sides kept the
 * score of each document.
 */
final class ScoreRows {
    private final List<Compared> all;
    private final Evidence evidence;
    private final Set<String> notes;

    private record Metric(String task, String name) {}

    /** @param notes receives what a reader must know about the differences */
    ScoreRows(List<Compared> all, Evidence evidence, Set<String> notes) {
        this.all = all;
        this.evidence = evidence;
        this.notes = notes;
    }

    List<List<Cell>> rows() {
        List<List<Cell>> rows = new ArrayList<>();
        Alignment.of(all, notes).forEach((title, evaluations) -> {
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
        for (int r = 1; r < all.size(); r++) {
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
        Evidence.Scores scores = new Evidence.Scores(title, metric.task(), evaluations.get(0), r, evaluations.get(r));
        String both = Comparison.letter(0) + " and " + Comparison.letter(r);
        String obstacle = evidence.obstacle(scores, base.n(), other.n());
        if (obstacle != null) {
            notes.add(metric.task() + ", " + title + ": no difference between " + both + ", because " + obstacle);
            return Cell.MISSING;
        }
        String doubt = evidence.doubt(scores);
        if (doubt != null) {
            notes.add(metric.task() + ", " + title + ": nothing tells whether " + both
                    + " scored the same documents, because " + doubt);
        }
        Cell paired = paired(scores, metric, base, other);
        return paired == null ? new Cell.Change(other.value() - base.value()) : paired;
    }

    /** The difference with its error; null if there are no pairs. */
    private Cell paired(Evidence.Scores scores, Metric metric, Summary.Score base, Summary.Score other) {
        Documents these = evidence.documents(0, scores.base(), metric.task());
        Documents those = evidence.documents(scores.column(), scores.other(), metric.task());
        if (these == null || those == null || !these.sameAs(those)) {
            return null;
        }
        DocumentShares baseShares = DocumentShares.find(these, metric.name(), base.value());
        DocumentShares otherShares = DocumentShares.find(those, metric.name(), other.value());
        if (baseShares == null || otherShares == null) {
            return null;
        }
        double[] common = baseShares.countedIn(otherShares);
        PairedDifference paired = PairedDifference.of(common, otherShares.countedIn(baseShares));
        if (paired == null) {
            return null;
        }
        if (baseShares.counted() == common.length && otherShares.counted() == common.length) {
            return new Cell.Change(other.value() - base.value(), paired.stderr(), paired.low(), paired.high());
        }
        // the scores themselves are of other documents, and so would their difference be
        notes.add(metric.task() + ", " + scores.title() + ": the difference of " + metric.name() + " is over the "
                + common.length + " documents that both count; " + Comparison.letter(0) + " counts "
                + baseShares.counted() + " of " + these.size() + ", " + Comparison.letter(scores.column()) + " "
                + otherShares.counted());
        return new Cell.Change(paired.value(), paired.stderr(), paired.low(), paired.high());
    }

    /** A hash as far as people compare it by eye. */
    static String shortened(String hash) {
        return hash == null || hash.length() <= 12 ? hash : hash.substring(0, 12);
    }
}
