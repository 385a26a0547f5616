package org.statecraft.workbench.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.statecraft.model.InputException;
import org.statecraft.workbench.gate.Baseline;
import org.statecraft.workbench.gate.GateUpdate;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.table.Formats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Makes or renews the baseline of the gate. */
@Command(
        name = "update",
        description = {
            "Write a baseline from a completed run of unchanged sources.",
            "Metrics, margins and guards of an existing one are kept and get the values of the run."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A METRIC is named by itself, by task/metric or by evaluation/task/metric.",
            "A new baseline needs a --margin for each of its metrics: --margin acc=0.02",
            "Example: statecraft gate update --baseline ci.json --run 7f3a --why 'retuned'",
            "Next:    statecraft gate --baseline ci.json --run 7f3a --self-test"
        })
final class GateUpdateVerb implements Callable<Integer> {
    private static final Pattern LIMITS = Pattern.compile("([^.].*?)?\\.\\.(.+)?");

    @Option(names = "--baseline", paramLabel = "FILE", required = true, description = "The baseline file.")
    private Path baseline;

    @Option(
            names = "--run",
            paramLabel = "RUN",
            required = true,
            description = "A run directory, an id, or the start or the end of an id.")
    private String run;

    @Mixin
    private RunsOption runsRoot;

    @Option(names = "--why", paramLabel = "TEXT", required = true, description = "Why, for whoever reads the file.")
    private String why;

    @Option(names = "--by", paramLabel = "NAME", description = "Who decided (default: the user's name).")
    private String by = System.getProperty("user.name");

    @Option(
            names = "--margin",
            paramLabel = "METRIC=VALUE",
            description = "By how much the metric may be worse, in its own unit; takes it into the baseline.")
    private List<String> margins = new ArrayList<>();

    @Option(names = "--chance", paramLabel = "METRIC=VALUE", description = "What guessing scores.")
    private List<String> chances = new ArrayList<>();

    @Option(
            names = "--guard",
            paramLabel = "NAME=MIN..MAX",
            description = "Limits of a quantity over the baseline's: totalParameters=..1.0 (at most as many).")
    private List<String> guards = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Map<String, GateUpdate.GuardLimits> limits = new LinkedHashMap<>();
        byName(guards).forEach((name, text) -> limits.put(name, limits(name, text)));
        Baseline written;
        try {
            written = GateUpdate.write(
                    RunDirectory.open(runsRoot.folder, run),
                    baseline,
                    new GateUpdate.Request(by, why, numbers(margins), numbers(chances), limits),
                    Clock.systemUTC());
        } catch (InputException e) {
            spec.commandLine().getErr().println(e.getMessage());
            return ExitCode.USAGE;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(baseline + ": " + Formats.counted(written.metrics().size(), "metric") + " and "
                + Formats.counted(written.guards().size(), "guard") + " of run " + written.run());
        GateUpdate.warnings(written).forEach(warning -> out.println("note: " + warning));
        out.println("Next: statecraft gate --baseline " + baseline + " --run " + run + " --self-test");
        out.flush();
        return ExitCode.DONE;
    }

    /** Values behind the last sign of equality: names of metrics may have some of their own, as {@code acc [T=64 k=4]}. */
    private Map<String, String> byName(List<String> settings) {
        Map<String, String> byName = new LinkedHashMap<>();
        for (String setting : settings) {
            int equals = setting.lastIndexOf('=');
            if (equals < 1) {
                throw new ParameterException(spec.commandLine(), setting + ": write NAME=VALUE");
            }
            byName.put(setting.substring(0, equals), setting.substring(equals + 1));
        }
        return byName;
    }

    private Map<String, Double> numbers(List<String> settings) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        byName(settings).forEach((name, text) -> {
            try {
                numbers.put(name, Double.valueOf(text));
            } catch (NumberFormatException e) {
                throw new ParameterException(
                        spec.commandLine(), name + "=" + text + ": '" + text + "' is not a number", e);
            }
        });
        return numbers;
    }

    private GateUpdate.GuardLimits limits(String name, String text) {
        Matcher matcher = LIMITS.matcher(text);
        if (matcher.matches()) {
            try {
                GateUpdate.GuardLimits limits =
                        new GateUpdate.GuardLimits(number(matcher.group(1)), number(matcher.group(2)));
                if (limits.minRatio() != null || limits.maxRatio() != null) {
                    return limits;
                }
            } catch (NumberFormatException e) {
                // said below
            }
        }
        throw new ParameterException(
                spec.commandLine(), "--guard " + name + "=" + text + ": write MIN..MAX, MIN.. or ..MAX, as 0.9..1.1");
    }

    private static Double number(String text) {
        return text == null ? null : Double.valueOf(text);
    }
}
