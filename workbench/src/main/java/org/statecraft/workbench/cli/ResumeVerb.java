package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.statecraft.workbench.execute.Execution;
import org.statecraft.workbench.execute.StopSignal;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Continues a run that was stopped, failed or died. */
@Command(
        name = "resume",
        description =
                "Continue a run from its last valid checkpoint; it ends with the same bytes as one that never stopped.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: statecraft resume 7f3a", "Next:    statecraft compare RUN RUN"})
final class ResumeVerb implements Callable<Integer> {
    @Parameters(paramLabel = "RUN", description = "A run directory, or an id or its beginning or end.")
    private String run;

    @Mixin
    private RunsOption runs;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        RunDirectory directory = RunDirectory.open(runs.folder, run);
        if (directory.state() == RunState.COMPLETED) {
            out.println("The run has completed; nothing is left to do. Next: statecraft compare RUN RUN");
            out.println(directory);
            out.flush();
            return ExitCode.DONE;
        }
        try (StopSignal stop = StopSignal.listen()) {
            Execution execution = Execution.reopen(directory, Clock.systemUTC(), stop);
            return ExitCode.of(RunVerb.carryOut(execution, output, spec.commandLine()));
        }
    }
}
