package org.statecraft.workbench.gate;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Why a score of a run cannot be held against a baseline. */
final class Obstacles {
    private Obstacles() {}

    /** All that speaks against it; empty if nothing does. */
    static List<String> between(BaselineMetric base, CandidateScore score, CandidateScores run) {
        if (score == null) {
            return List.of("the run has no such score" + other(base.key(), run));
        }
        List<String> problems = new ArrayList<>();
        if (score.n() <= 0
                || (score.documents() != null && score.documents().documents().isEmpty())) {
            problems.add("no document was scored");
        } else if (score.value() == null || !Double.isFinite(score.value())) {
            problems.add("the score is not a number");
        }
        if (base.taskVersion() != null && !base.taskVersion().equals(score.taskVersion())) {
            problems.add("the task has version " + (score.taskVersion() == null ? "(unknown)" : score.taskVersion())
                    + ", the baseline's has " + base.taskVersion());
        }
        documents(base, score, problems);
        return problems;
    }

    private static String other(MetricKey wanted, CandidateScores run) {
        List<String> evaluations = run.scores().keySet().stream()
                .filter(key -> key.task().equals(wanted.task()) && key.metric().equals(wanted.metric()))
                .map(MetricKey::evaluation)
                .toList();
        return evaluations.isEmpty() ? "" : "; it has one in: " + String.join(", ", evaluations);
    }

    private static void documents(BaselineMetric base, CandidateScore score, List<String> problems) {
        if (base.documentsHash() == null) {
            return;
        }
        if (score.documents() != null && !score.documents().hash().equals(base.documentsHash())) {
            problems.add(different(base, score));
            return;
        }
        boolean hashes = base.taskHash() != null && score.taskHash() != null;
        if (hashes && !base.taskHash().equals(score.taskHash())) {
            problems.add("prompts or targets are others than the baseline's (task hash)");
        } else if (!hashes && score.documents() == null) {
            problems.add("the run kept no samples, so that its documents cannot be checked");
        }
    }

    private static String different(BaselineMetric base, CandidateScore score) {
        List<String> these = score.documents().documents();
        if (base.documents() == null) {
            return "other documents than the baseline's: " + these.size() + " instead of " + base.n();
        }
        List<String> those = base.documents().documents();
        return "other documents than the baseline's: of " + those.size() + " " + lacking(those, these)
                + " are missing, of the run's " + these.size() + " " + lacking(these, those) + " are new";
    }

    private static int lacking(List<String> documents, List<String> among) {
        Set<String> lacking = new HashSet<>(documents);
        lacking.removeAll(Set.copyOf(among));
        return lacking.size();
    }
}
