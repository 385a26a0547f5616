package org.statecraft.workbench.gate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.statecraft.eval.statistics.Holm;
import org.statecraft.eval.statistics.MarginTest;
import org.statecraft.workbench.run.RunState;

/**
 * Makes the verdict on a run, and does nothing else.
 *
 * <p>A metric passes if "the drop reaches the margin" is rejected, fails if "the drop stays within the margin" is rejected, and
 * is inconclusive otherwise. Both families of tests are corrected by Holm over the metrics, so that alpha bounds the chance of
 * any wrong PASS and the chance of any wrong FAIL among them. What has no error is compared by its value.
 */
public final class GateJudge {
    private GateJudge() {}

    /** The verdict: the worst outcome of all metrics and guards; never PASS where anything could not be compared. */
    public static Verdict judge(Baseline baseline, CandidateScores run, GatePolicy policy) {
        List<String> problems = new ArrayList<>();
        if (run.state() != RunState.COMPLETED) {
            problems.add("run " + run.run() + " is " + run.state() + "; only a COMPLETED run can be judged");
        }
        List<MetricVerdict> metrics = corrected(
                baseline.metrics().stream().map(base -> compared(base, run)).toList(), policy);
        List<GuardVerdict> guards =
                baseline.guards().stream().map(guard -> guarded(guard, run)).toList();
        Outcome worst = Stream.of(
                        metrics.stream().map(MetricVerdict::outcome),
                        guards.stream().map(GuardVerdict::outcome),
                        problems.stream().map(problem -> Outcome.ERROR))
                .flatMap(outcomes -> outcomes)
                .max(Comparator.naturalOrder())
                .orElse(Outcome.ERROR);
        return new Verdict(baseline, run.run(), policy, worst, metrics, guards, problems);
    }

    /** Without an outcome yet, except where the two cannot be compared. */
    private static MetricVerdict compared(BaselineMetric base, CandidateScores run) {
        CandidateScore score = run.scores().get(base.key());
        List<String> problems = Obstacles.between(base, score, run);
        return problems.isEmpty()
                ? new MetricVerdict(base, score, Outcome.INCONCLUSIVE, null, null, problems)
                : new MetricVerdict(base, score, Outcome.ERROR, null, null, problems);
    }

    private static List<MetricVerdict> corrected(List<MetricVerdict> metrics, GatePolicy policy) {
        List<MetricVerdict.Comparison> comparisons = metrics.stream()
                .map(metric -> metric.outcome() == Outcome.ERROR
                        ? null
                        : ScoreComparison.of(metric.base(), metric.score(), policy))
                .toList();
        List<MarginTest> tests = comparisons.stream()
                .map(comparison -> comparison == null ? null : comparison.test())
                .filter(Objects::nonNull)
                .toList();
        double[] notWorse =
                Holm.adjust(tests.stream().mapToDouble(MarginTest::notWorse).toArray());
        double[] worse =
                Holm.adjust(tests.stream().mapToDouble(MarginTest::worse).toArray());
        List<MetricVerdict> verdicts = new ArrayList<>();
        int tested = 0;
        for (int i = 0; i < metrics.size(); i++) {
            MetricVerdict metric = metrics.get(i);
            MetricVerdict.Comparison comparison = comparisons.get(i);
            MarginTest adjusted = null;
            if (comparison != null && comparison.test() != null) {
                adjusted = new MarginTest(notWorse[tested], worse[tested]);
                tested++;
            }
            verdicts.add(new MetricVerdict(
                    metric.base(),
                    metric.score(),
                    comparison == null ? Outcome.ERROR : outcome(metric, comparison, adjusted, policy),
                    comparison,
                    adjusted,
                    metric.problems()));
        }
        return verdicts;
    }

    private static Outcome outcome(
            MetricVerdict metric, MetricVerdict.Comparison comparison, MarginTest adjusted, GatePolicy policy) {
        if (adjusted == null) {
            double gain = metric.score().higherIsBetter() ? comparison.change() : -comparison.change();
            return gain >= -metric.base().margin() ? Outcome.PASS : Outcome.FAIL;
        }
        if (adjusted.notWorse() <= policy.alpha()) {
            return Outcome.PASS;
        }
        return adjusted.worse() <= policy.alpha() ? Outcome.FAIL : Outcome.INCONCLUSIVE;
    }

    private static GuardVerdict guarded(Guard guard, CandidateScores run) {
        Double value = run.quantities().get(guard.quantity());
        if (value == null || !Double.isFinite(value)) {
            return new GuardVerdict(guard, null, null, Outcome.ERROR);
        }
        double ratio = value / guard.value();
        return new GuardVerdict(guard, value, ratio, guard.permits(ratio) ? Outcome.PASS : Outcome.FAIL);
    }
}
