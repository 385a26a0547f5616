package org.statecraft.workbench.gate;

import java.util.List;
import org.statecraft.eval.statistics.Interval;
import org.statecraft.eval.statistics.MarginTest;
import org.statecraft.eval.statistics.PairedBinary;

/**
 * The verdict on one score.
 *
 * @param base what it was held against
 * @param score what the run has; null if it has none
 * @param comparison null if they cannot be compared
 * @param adjusted the comparison's test after Holm's correction; null where nothing was tested
 * @param problems why they cannot be compared
 */
public record MetricVerdict(
        BaselineMetric base,
        CandidateScore score,
        Outcome outcome,
        Comparison comparison,
        MarginTest adjusted,
        List<String> problems) {

    public MetricVerdict {
        problems = List.copyOf(problems);
    }

    /**
     * How two scores compare.
     *
     * @param change run - baseline, in the unit of the metric
     * @param interval of the change; null where nothing is known about its error
     * @param test null where the value alone decides
     * @param counts of changed documents, for 0/1 scores
     * @param note what a reader must know; null for nothing
     */
    public record Comparison(
            Method method, double change, Interval interval, MarginTest test, PairedBinary counts, String note) {}

    public MetricKey key() {
        return base.key();
    }

    /** Score over baseline; null if there is none. */
    public Double ratio() {
        return comparison == null || base.value() == 0 ? null : score.value() / base.value();
    }

    /** What is left of the baseline's lead over guessing; null if the score of guessing is not known. */
    public Double recovery() {
        return comparison == null || base.chance() == null || base.value() == base.chance()
                ? null
                : (score.value() - base.chance()) / (base.value() - base.chance());
    }
}
