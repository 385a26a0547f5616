package org.statecraft.workbench.gate;

import java.util.List;

/**
 * What the gate says about a run.
 *
 * @param problems of the run as a whole
 */
public record Verdict(
        Baseline baseline,
        String run,
        GatePolicy policy,
        Outcome outcome,
        List<MetricVerdict> metrics,
        List<GuardVerdict> guards,
        List<String> problems) {

    public Verdict {
        metrics = List.copyOf(metrics);
        guards = List.copyOf(guards);
        problems = List.copyOf(problems);
    }

    /** Whether an outcome stops a build under the policy: reports, annotations and the exit code all follow it. */
    public boolean stops(Outcome any) {
        return any == Outcome.FAIL || any == Outcome.ERROR || (any == Outcome.INCONCLUSIVE && policy.strict());
    }
}
