package org.statecraft.workbench.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.statecraft.workbench.inspect.Inspection;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.TableFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is in a model, an adapter or a safetensors file. */
@Command(
        name = "inspect",
        description = "Show shapes, types, parameters of each site and state bytes, from the headers alone.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: statecraft inspect recipes/models/books-4m",
            "Next:    statecraft generate --model recipes/models/books-4m 'The captain'"
        })
final class InspectVerb implements Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "A model folder, an adapter folder or a safetensors file.")
    private Path path;

    @Option(names = "--tensors", description = "Show every tensor, not one line for each site.")
    private boolean tensors;

    @Option(names = "--json", description = "Print JSON for programs.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Table table = Inspection.of(path, tensors);
        spec.commandLine().getOut().print((json ? TableFormat.JSON : TableFormat.TEXT).render(table));
        spec.commandLine().getOut().flush();
        return ExitCode.DONE;
    }
}
