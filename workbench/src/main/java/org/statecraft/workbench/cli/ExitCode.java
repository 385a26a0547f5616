package org.statecraft.workbench.cli;

/** What the process says to the shell when it ends. */
final class ExitCode {
    static final int DONE = 0;
    static final int FAILED = 1;
    /** Bad usage or a bad recipe. */
    static final int USAGE = 2;

    private ExitCode() {}
}
