package org.statecraft.workbench.gate;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.workbench.table.Formats;

/**
 * Shows that a gate can fail: worsens one score of a run after the other by more than its margin, judges each copy with the
 * function that judges runs, and tells how large a drop it took.
 */
public final class SelfTest {
    /** The drops that are tried are the margin doubled so many times at most: a gate that misses these is none. */
    private static final int DOUBLINGS = 5;
    /** Stands for a margin of 0, as a part of the score. */
    private static final double LEAST = 1e-3;

    private final Baseline baseline;
    private final CandidateScores run;
    private final GatePolicy policy;
    private final Worsening worsening;
    private final List<String> lines = new ArrayList<>();
    private boolean passed = true;

    private SelfTest(Baseline baseline, CandidateScores run, GatePolicy policy, Worsening worsening) {
        this.baseline = baseline;
        this.run = run;
        this.policy = policy;
        this.worsening = worsening;
    }

    /**
     * What came out.
     *
     * @param unworsened the verdict on the run as it is
     * @param passed whether that did not fail, and every worsened copy did
     * @param lines for people, one for each metric and guard
     */
    public record Result(Verdict unworsened, boolean passed, List<String> lines) {
        public Result {
            lines = List.copyOf(lines);
        }
    }

    /** Tests every metric and every guard; nothing is worsened where the run itself cannot be compared. */
    public static Result of(Baseline baseline, CandidateScores run, GatePolicy policy) {
        return of(baseline, run, policy, Worsening::byDocument);
    }

    static Result of(Baseline baseline, CandidateScores run, GatePolicy policy, Worsening worsening) {
        return new SelfTest(baseline, run, policy, worsening).result();
    }

    private Result result() {
        Verdict unworsened = GateJudge.judge(baseline, run, policy);
        if (unworsened.outcome() == Outcome.FAIL || unworsened.outcome() == Outcome.ERROR) {
            return new Result(unworsened, false, List.of("the run as it is gets " + unworsened.outcome()));
        }
        lines.add("the run as it is gets " + unworsened.outcome());
        unworsened.metrics().forEach(this::metric);
        unworsened.guards().forEach(this::guard);
        return new Result(unworsened, passed, lines);
    }

    private void metric(MetricVerdict metric) {
        double unit = metric.base().margin() > 0
                ? metric.base().margin()
                : LEAST * Math.max(Math.abs(metric.base().value()), LEAST);
        double change = metric.comparison().change();
        double lead = Math.max(0, metric.score().higherIsBetter() ? change : -change);
        for (int i = 1; i <= DOUBLINGS; i++) {
            double drop = unit * (1 << i);
            CandidateScore worse = worsening.worsen(metric.score(), drop + lead);
            if (isCaught(run.with(metric.key(), worse), metric.key())) {
                lines.add("caught: " + metric.key() + " worse by " + Formats.number(drop) + " ("
                        + (metric.base().margin() > 0 ? (1 << i) + " x the margin" : "the margin is 0") + ")");
                return;
            }
        }
        passed = false;
        lines.add("NOT CAUGHT: " + metric.key() + " worse by " + Formats.number(unit * (1 << DOUBLINGS))
                + ", or as bad as it gets; more documents or a smaller margin would help");
    }

    private boolean isCaught(CandidateScores worsened, MetricKey key) {
        Verdict verdict = GateJudge.judge(baseline, worsened, policy);
        return verdict.outcome() == Outcome.FAIL
                && verdict.metrics().stream()
                        .anyMatch(metric -> metric.key().equals(key) && metric.outcome() == Outcome.FAIL);
    }

    private void guard(GuardVerdict verdict) {
        Guard guard = verdict.guard();
        double ratio = guard.maxRatio() != null ? 2 * Math.max(guard.maxRatio(), 1) : guard.minRatio() / 2;
        Verdict worsened = GateJudge.judge(baseline, run.with(guard.quantity(), ratio * guard.value()), policy);
        boolean caught = worsened.outcome() == Outcome.FAIL;
        passed &= caught;
        lines.add((caught ? "caught: " : "NOT CAUGHT: ") + guard.quantity() + " at " + ratio + " times the baseline's");
    }
}
