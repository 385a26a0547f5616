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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.statecraft.workbench.run.Summary;

/**
 * Which evaluations stand beside each other.
 *
 * <p>Those of recipes do by their labels. Where the last ones of completed runs have different labels ("after tune", "after
 * prune") they are shown once more beside each other as "last". Scores of a model as it is stand beside every evaluation that has a
 * task in common with them; what is left of them stands together under the names of their models.
 */
final class Alignment {
    private static final String LAST = "last";

    private final List<Compared> all;
    private final Set<String> notes;
    private final Map<String, Summary.Evaluation[]> byTitle = new LinkedHashMap<>();

    private Alignment(List<Compared> all, Set<String> notes) {
        this.all = all;
        this.notes = notes;
    }

    /** For each title the evaluation of each column; null where one has none. */
    static Map<String, List<Summary.Evaluation>> of(List<Compared> all, Set<String> notes) {
        Alignment alignment = new Alignment(all, notes);
        alignment.stages();
        alignment.models();
        Map<String, List<Summary.Evaluation>> aligned = new LinkedHashMap<>();
        alignment.byTitle.forEach((title, evaluations) -> aligned.put(title, Arrays.asList(evaluations)));
        return aligned;
    }

    private void stages() {
        Summary.Evaluation[] last = new Summary.Evaluation[all.size()];
        Set<String> lastTitles = new LinkedHashSet<>();
        for (int r = 0; r < all.size(); r++) {
            if (!all.get(r).followsRecipe()) {
                continue;
            }
            Map<String, Integer> seen = new HashMap<>();
            String title = null;
            for (Summary.Evaluation evaluation : all.get(r).evaluations()) {
                int count = seen.merge(evaluation.label(), 1, Integer::sum);
                title = evaluation.label() + (count > 1 ? " (" + count + ")" : "");
                put(title, r, evaluation);
            }
            // what a run that did not complete scored last is not what it would have come to
            if (title != null && all.get(r).completed()) {
                lastTitles.add(title);
                last[r] = byTitle.get(title)[r];
            }
        }
        if (lastTitles.size() > 1) {
            byTitle.put(LAST, last);
        }
    }

    private void put(String title, int r, Summary.Evaluation evaluation) {
        byTitle.computeIfAbsent(title, absent -> new Summary.Evaluation[all.size()])[r] = evaluation;
    }

    private void models() {
        Map<String, Set<String>> stages = new LinkedHashMap<>();
        byTitle.forEach((title, evaluations) -> stages.put(
                title,
                Stream.of(evaluations)
                        .filter(Objects::nonNull)
                        .flatMap(evaluation -> evaluation.tasks().keySet().stream())
                        .collect(Collectors.toSet())));
        Map<Integer, Summary.Evaluation> left = new LinkedHashMap<>();
        for (int r = 0; r < all.size(); r++) {
            if (!all.get(r).followsRecipe()) {
                for (Summary.Evaluation evaluation : all.get(r).evaluations()) {
                    left.put(r, besideStages(r, evaluation, stages));
                }
            }
        }
        left.values().removeIf(evaluation -> evaluation.tasks().isEmpty());
        String title =
                left.values().stream().map(Summary.Evaluation::label).distinct().collect(Collectors.joining(", "));
        left.forEach((r, evaluation) -> put(title, r, evaluation));
    }

    /** What is left of the evaluation when it stands beside the stages that have tasks of it. */
    private Summary.Evaluation besideStages(int r, Summary.Evaluation evaluation, Map<String, Set<String>> stages) {
        List<String> titles = new ArrayList<>();
        Set<String> left = new LinkedHashSet<>(evaluation.tasks().keySet());
        stages.forEach((title, tasks) -> {
            Summary.Evaluation shared = only(evaluation, tasks);
            if (!shared.tasks().isEmpty()) {
                put(title, r, shared);
                titles.add(title);
                left.removeAll(tasks);
            }
        });
        if (titles.size() > 1) {
            notes.add(
                    "the scores of " + Comparison.letter(r) + " are of one model and stand beside each evaluation with"
                            + " the same tasks: " + String.join(", ", titles));
        }
        return only(evaluation, left);
    }

    private static Summary.Evaluation only(Summary.Evaluation evaluation, Set<String> tasks) {
        Map<String, Map<String, Summary.Score>> kept = new LinkedHashMap<>(evaluation.tasks());
        kept.keySet().retainAll(tasks);
        return new Summary.Evaluation(evaluation.step(), evaluation.label(), kept);
    }
}
