package org.statecraft.workbench.cli;

import org.statecraft.workbench.run.RunState;

/** What the process says to the shell when it ends. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    /** Bad usage or a bad recipe. */
    static final int USAGE = 2;

    /** Stopped on request, as shells number an interrupt. */
    static final int CANCELLED = 130;

    static int of(RunState state) {
        return switch (state) {
            case COMPLETED -> DONE;
            case CANCELLED -> CANCELLED;
            default -> FAILED;
        };
    }

    private ExitCode() {}
}
