package org.statecraft.workbench.cli;

import org.statecraft.workbench.gate.Outcome;
import org.statecraft.workbench.gate.Verdict;
import org.statecraft.workbench.run.RunState;

/** What the process says to the shell when it ends. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    /** Bad usage or a bad recipe. */
    static final int USAGE = 2;

    static final int GATE_FAILED = 3;

    /** The gate could not tell, and a strict policy takes that for a failure. */
    static final int GATE_INCONCLUSIVE = 4;

    /** Stopped on request, as shells number an interrupt. */
    static final int CANCELLED = 130;

    static int of(RunState state) {
        return switch (state) {
            case COMPLETED -> DONE;
            case CANCELLED -> CANCELLED;
            default -> FAILED;
        };
    }

    static int of(Verdict verdict) {
        return switch (verdict.outcome()) {
            case PASS -> DONE;
            case INCONCLUSIVE -> verdict.stops(Outcome.INCONCLUSIVE) ? GATE_INCONCLUSIVE : DONE;
            case FAIL -> GATE_FAILED;
            case ERROR -> USAGE;
        };
    }

    private ExitCode() {}
}
