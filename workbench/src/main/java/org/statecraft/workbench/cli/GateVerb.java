package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.workbench.gate.Annotations;
import org.statecraft.workbench.gate.Baseline;
import org.statecraft.workbench.gate.BaselineFile;
import org.statecraft.workbench.gate.CandidateScores;
import org.statecraft.workbench.gate.GateJudge;
import org.statecraft.workbench.gate.GatePolicy;
import org.statecraft.workbench.gate.JUnitReport;
import org.statecraft.workbench.gate.Outcome;
import org.statecraft.workbench.gate.RunScores;
import org.statecraft.workbench.gate.SelfTest;
import org.statecraft.workbench.gate.Verdict;
import org.statecraft.workbench.gate.VerdictJson;
import org.statecraft.workbench.gate.VerdictTable;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.table.TableFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Holds a run against a baseline and says by its exit code whether it may pass. */
@Command(
        name = "gate",
        description = {
            "Test whether the scores of a run are no worse than those of a baseline, each within its margin.",
            "Exit code: 0 passed, 3 failed, 4 inconclusive with --strict, 2 not comparable."
        },
        subcommands = GateUpdateVerb.class,
        synopsisSubcommandLabel = "[update]",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example: statecraft gate --baseline ci.json --run 7f3a --junit gate.xml",
            "Next:    statecraft gate update --help"
        })
final class GateVerb implements Callable<Integer> {
    private static final String STANDARD_OUTPUT = "-";

    @Option(names = "--baseline", paramLabel = "FILE", description = "The baseline file.")
    private Path baseline;

    @Option(
            names = "--run",
            paramLabel = "RUN",
            description = "A run directory, an id, or the start or the end of an id.")
    private String run;

    @Mixin
    private RunsOption runsRoot;

    @Option(
            names = "--alpha",
            paramLabel = "P",
            defaultValue = "" + GatePolicy.DEFAULT_ALPHA,
            description =
                    "Chance of a wrong verdict over all metrics, above 0, at most 0.5 (default: ${DEFAULT-VALUE}).")
    private double alpha;

    @Option(names = "--strict", description = "Take INCONCLUSIVE for a failure, with exit code 4.")
    private boolean strict;

    @Option(names = "--self-test", description = "Worsen copies of the run; exit 0 only if the gate catches each.")
    private boolean selfTest;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Write Markdown; - for standard output, in place of the text.")
    private String markdown;

    @Option(names = "--json", paramLabel = "FILE", description = "Write JSON; - likewise.")
    private String json;

    @Option(names = "--junit", paramLabel = "FILE", description = "Write a JUnit report; - likewise.")
    private String junit;

    @Option(names = "--github", description = "Print annotations for GitHub Actions after the text.")
    private boolean github;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        GatePolicy policy = checkedPolicy();
        Map<String, String> wanted = targets();
        Baseline against;
        CandidateScores scores;
        try {
            against = BaselineFile.read(baseline);
            scores = RunScores.of(RunDirectory.open(runsRoot.folder, run));
        } catch (InputException e) {
            return unusable(e);
        }
        if (selfTest) {
            return print(SelfTest.of(against, scores, policy));
        }
        Verdict verdict = GateJudge.judge(against, scores, policy);
        print(verdict, wanted);
        return ExitCode.of(verdict);
    }

    private GatePolicy checkedPolicy() {
        if (baseline == null || run == null) {
            throw new ParameterException(spec.commandLine(), "--baseline FILE and --run RUN are needed.");
        }
        if (!(alpha > 0 && alpha <= 0.5)) {
            throw new ParameterException(spec.commandLine(), "--alpha is above 0 and at most 0.5, not " + alpha);
        }
        return new GatePolicy(alpha, strict);
    }

    /** Format to file. */
    private Map<String, String> targets() {
        Map<String, String> targets = new LinkedHashMap<>();
        targets.put("markdown", markdown);
        targets.put("json", json);
        targets.put("junit", junit);
        targets.values().removeIf(target -> target == null);
        long printed = targets.values().stream().filter(STANDARD_OUTPUT::equals).count();
        if (printed > 1 || (printed == 1 && github)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "only one of --markdown, --json, --junit and --github can go to standard output (-)");
        }
        if (selfTest && (github || !targets.isEmpty())) {
            throw new ParameterException(spec.commandLine(), "--self-test prints text only");
        }
        return targets;
    }

    private int unusable(InputException e) {
        spec.commandLine().getErr().println(e.getMessage());
        if (github) {
            spec.commandLine().getOut().println(Annotations.ofProblem(e.getMessage()));
            spec.commandLine().getOut().flush();
        }
        return ExitCode.USAGE;
    }

    private void print(Verdict verdict, Map<String, String> wanted) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> printed = new ArrayList<>();
        wanted.forEach((format, target) -> {
            String text = rendered(format, verdict);
            if (target.equals(STANDARD_OUTPUT)) {
                printed.add(text);
            } else {
                AtomicFiles.writeString(Path.of(target), text);
            }
        });
        out.print(printed.isEmpty() ? TableFormat.TEXT.render(VerdictTable.of(verdict)) : printed.get(0));
        if (github) {
            Annotations.of(verdict).forEach(out::println);
        }
        out.flush();
    }

    private static String rendered(String format, Verdict verdict) {
        return switch (format) {
            case "markdown" -> TableFormat.MARKDOWN.render(VerdictTable.of(verdict));
            case "json" -> VerdictJson.of(verdict);
            default -> JUnitReport.of(verdict);
        };
    }

    private int print(SelfTest.Result result) {
        PrintWriter out = spec.commandLine().getOut();
        result.lines().forEach(out::println);
        if (!result.passed()) {
            out.print(TableFormat.TEXT.render(VerdictTable.of(result.unworsened())));
        }
        out.println("self-test " + (result.passed() ? "passed" : "FAILED"));
        out.flush();
        if (result.passed()) {
            return ExitCode.DONE;
        }
        return result.unworsened().outcome() == Outcome.ERROR ? ExitCode.USAGE : ExitCode.FAILED;
    }
}
