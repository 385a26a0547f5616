package org.statecraft.workbench.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of every verb that reads or writes run directories. */
final class RunsOption {
    @Option(
            names = "--runs",
            paramLabel = "DIR",
            defaultValue = "runs",
            description = "The folder of run directories (default: ${DEFAULT-VALUE}).")
    Path folder;
}
