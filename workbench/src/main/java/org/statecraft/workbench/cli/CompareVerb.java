package org.statecraft.workbench.cli;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.workbench.compare.Comparison;
import org.statecraft.workbench.table.TableFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts runs, and results of lm-evaluation-harness, side by side. */
@Command(
        name = "compare",
        description = {
            "Show where the recipes of runs differ, then their scores with errors and the difference to the first run.",
            "A star marks a difference whose 95 %% interval, from the scores of each document, excludes 0.",
            "Results of the Python lm-evaluation-harness stand beside each evaluation that has a task in common with them."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: statecraft compare 7f3a 91c0 path/to/harness/output --csv scores.csv",
            "Next:    statecraft generate --help"
        })
final class CompareVerb implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";

    @Parameters(
            arity = "1..*",
            paramLabel = "RUN",
            description = {
                "Run directories, ids, or starts or ends of ids; or result files (results_*.json) of lm-evaluation-harness,"
                        + " or folders that hold them, of which the newest counts.",
                "The first is the one that others are held against."
            })
    private List<String> runs;

    @Mixin
    private RunsOption runsRoot;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "Write CSV; - for standard output, in place of the text.")
    private String csv;

    @Option(names = "--json", paramLabel = "FILE", description = "Write JSON; - likewise.")
    private String json;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write Markdown; - likewise.")
    private String markdown;

    @Option(
            names = "--documents",
            paramLabel = "FILE",
            description = "Write the documents whose hashes differ, as CSV; - likewise.")
    private String documents;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (runs.size() < 2) {
            throw new ParameterException(spec.commandLine(), "One run alone cannot be compared; name two or more.");
        }
        Map<TableFormat, String> targets = targets();
        long printed = Stream.concat(targets.values().stream(), Stream.ofNullable(documents))
                .filter(STANDARD_OUTPUT::equals)
                .count();
        if (printed > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "only one of --csv, --json, --markdown and --documents can go to standard output (-)");
        }
        Comparison comparison = Comparison.of(runsRoot.folder, runs);
        if (printed == 0) {
            targets.put(TableFormat.TEXT, STANDARD_OUTPUT);
        }
        targets.forEach((format, target) -> write(target, format.render(comparison.table())));
        if (documents != null) {
            write(documents, comparison.documents());
        }
        return ExitCode.DONE;
    }

    private void write(String target, String content) {
        if (target.equals(STANDARD_OUTPUT)) {
            spec.commandLine().getOut().print(content);
            spec.commandLine().getOut().flush();
        } else {
            AtomicFiles.writeString(Path.of(target), content);
        }
    }

    private Map<TableFormat, String> targets() {
        Map<TableFormat, String> targets = new EnumMap<>(TableFormat.class);
        if (csv != null) {
            targets.put(TableFormat.CSV, csv);
        }
        if (json != null) {
            targets.put(TableFormat.JSON, json);
        }
        if (markdown != null) {
            targets.put(TableFormat.MARKDOWN, markdown);
        }
        return targets;
    }
}
