package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import org.statecraft.workbench.run.EnvironmentReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what a run would find on this machine. */
@Command(
        name = "env",
        description = "Show versions, device, threads and memory of this machine, and what is missing for a GPU.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example: statecraft env --json", "Next:    statecraft run recipes/quickstart.yaml"})
final class EnvVerb implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON for programs, as in a run's environment.json.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        EnvironmentReport report = EnvironmentReport.collect(Map.of());
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.of(report));
        } else {
            report.lines().forEach(out::println);
        }
        out.flush();
        return ExitCode.DONE;
    }
}
