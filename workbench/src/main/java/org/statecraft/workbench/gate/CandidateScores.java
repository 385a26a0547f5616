package org.statecraft.workbench.gate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.statecraft.workbench.run.RunState;

/**
 * Everything about a run that the gate looks at.
 *
 * @param run id
 */
public record CandidateScores(
        String run, RunState state, Map<MetricKey, CandidateScore> scores, Map<Quantity, Double> quantities) {

    public CandidateScores {
        scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
        quantities = Collections.unmodifiableMap(new LinkedHashMap<>(quantities));
    }

    CandidateScores with(MetricKey key, CandidateScore score) {
        Map<MetricKey, CandidateScore> changed = new LinkedHashMap<>(scores);
        changed.put(key, score);
        return new CandidateScores(run, state, changed, quantities);
    }

    CandidateScores with(Quantity quantity, double value) {
        Map<Quantity, Double> changed = new LinkedHashMap<>(quantities);
        changed.put(quantity, value);
        return new CandidateScores(run, state, scores, changed);
    }
}
