package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import org.statecraft.workbench.run.ProgressView;
import org.statecraft.workbench.run.RunDirectory;
import picocli.CommandLine.Option;

/** How much a verb prints, and for whom. */
final class OutputOptions {
    @Option(names = "--quiet", description = "Print results and mistakes only.")
    boolean quiet;

    @Option(names = "--json", description = "Print JSON for programs.")
    boolean json;

    /** How a run is shown with these options. */
    ProgressView view(PrintWriter out, RunDirectory directory) {
        ProgressView.Style style = json
                ? ProgressView.Style.EVENTS
                : quiet ? ProgressView.Style.QUIET : ProgressView.Style.ofThisTerminal();
        return new ProgressView(out, style, directory.path());
    }
}
