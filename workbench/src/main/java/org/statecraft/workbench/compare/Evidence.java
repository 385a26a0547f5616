package org.statecraft.workbench.compare;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.workbench.run.Summary;

/** What the files say of whether two scores of a task measure the same: its version, its documents, prompts and targets. */
final class Evidence {
    private final List<Compared> all;
    private final Map<List<Object>, Documents> documents = new HashMap<>();
    private final Map<List<Object>, EvaluationFile> files = new HashMap<>();
    private final Map<Scores, DocumentDifferences> differences = new LinkedHashMap<>();

    /** The scores of a task in one row of evaluations: those of the first column and those of another. */
    record Scores(String title, String task, Summary.Evaluation base, int column, Summary.Evaluation other) {}

    Evidence(List<Compared> all) {
        this.all = all;
    }

    /** Every difference of documents that was met. */
    Map<Scores, DocumentDifferences> differences() {
        return differences;
    }

    /**
     * Why two scores do not measure the same.
     *
     * @param baseCount documents of the first score; 0 if not known, like the other
     * @return null if nothing speaks against it
     */
    String obstacle(Scores scores, long baseCount, long otherCount) {
        EvaluationFile these = file(0, scores.base());
        EvaluationFile those = file(scores.column(), scores.other());
        String task = scores.task();
        DocumentDifferences met = differencesOf(scores);
        String base = these.version(task);
        String other = those.version(task);
        if (!sameNumber(base, other)) {
            return differing("the task has version ", base, other, scores);
        }
        String shots =
                differing("the number of examples in a prompt is ", these.shots(task), those.shots(task), scores);
        if (shots != null) {
            return shots;
        }
        if (met != null && !met.isEmpty()) {
            return met.text(Comparison.letter(0), letter(scores));
        }
        if (met == null
                || !documents(0, scores.base(), task).hashesComplete()
                || !documents(scores.column(), scores.other(), task).hashesComplete()) {
            String hashes = differing("task_hashes is ", these.hash(task), those.hash(task), scores);
            if (hashes != null) {
                return hashes + " (other documents, prompts or targets)";
            }
        }
        return baseCount == 0 || otherCount == 0
                ? null
                : differing(
                        "the number of documents is ", String.valueOf(baseCount), String.valueOf(otherCount), scores);
    }

    /** Why it is not known whether two scores have the same documents; null if it is. */
    String doubt(Scores scores) {
        String task = scores.task();
        if (differencesOf(scores) != null
                || (file(0, scores.base()).hash(task) != null
                        && file(scores.column(), scores.other()).hash(task) != null)) {
            return null;
        }
        String base = lacking(0, scores.base(), task);
        String other = lacking(scores.column(), scores.other(), task);
        return base == null ? other : other == null ? base : base + ", " + other;
    }

    private String lacking(int column, Summary.Evaluation evaluation, String task) {
        Documents kept = documents(column, evaluation, task);
        if (kept != null && kept.hashed()) {
            return null;
        }
        return Comparison.letter(column)
                + (kept == null ? " has no samples" : " has samples without doc_hash")
                + (file(column, evaluation).hash(task) == null ? " and no task_hashes" : "");
    }

    /** Null if the documents of one side are not known. */
    private DocumentDifferences differencesOf(Scores scores) {
        if (!differences.containsKey(scores)) {
            Documents these = documents(0, scores.base(), scores.task());
            Documents those = documents(scores.column(), scores.other(), scores.task());
            boolean known = these != null && those != null && these.hashed() && those.hashed();
            differences.put(scores, known ? DocumentDifferences.between(these, those) : null);
        }
        return differences.get(scores);
    }

    private static boolean sameNumber(String base, String other) {
        if (base == null || other == null || base.equals(other)) {
            return true;
        }
        try {
            // Python writes 1 and 1.0, and means the same version
            return new BigDecimal(base).compareTo(new BigDecimal(other)) == 0;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static String differing(String what, String base, String other, Scores scores) {
        return base == null || other == null || base.equals(other)
                ? null
                : what + ScoreRows.shortened(base) + " in " + Comparison.letter(0) + " and "
                        + ScoreRows.shortened(other) + " in " + letter(scores);
    }

    private static String letter(Scores scores) {
        return Comparison.letter(scores.column());
    }

    /** The documents of a task in a column; null if they were not kept. */
    Documents documents(int column, Summary.Evaluation evaluation, String task) {
        List<Object> key = List.of(column, evaluation.step(), task);
        if (!documents.containsKey(key)) {
            documents.put(key, all.get(column).documents(evaluation, task));
        }
        return documents.get(key);
    }

    private EvaluationFile file(int column, Summary.Evaluation evaluation) {
        return files.computeIfAbsent(
                List.of(column, evaluation.step()), key -> all.get(column).file(evaluation));
    }
}
