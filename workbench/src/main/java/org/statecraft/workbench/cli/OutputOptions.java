package org.statecraft.workbench.cli;

import picocli.CommandLine.Option;

/** How much a verb prints, and for whom. */
final class OutputOptions {
    @Option(names = "--quiet", description = "Print results and mistakes only.")
    boolean quiet;

    @Option(names = "--json", description = "Print JSON for programs.")
    boolean json;
}
