package org.statecraft.workbench.gate;

import java.util.ArrayList;
import java.util.List;

/** The verdict as workflow commands of GitHub Actions, which show as annotations of a build. */
public final class Annotations {
    private Annotations() {}

    /** A line for the run, and one for each metric and guard that did not pass; what stops the build is an error. */
    public static List<String> of(Verdict verdict) {
        List<String> lines = new ArrayList<>();
        lines.add(line(verdict, verdict.outcome(), "gate", VerdictText.headline(verdict)));
        verdict.problems().forEach(problem -> lines.add(line(verdict, Outcome.ERROR, "gate", problem)));
        verdict.metrics().stream()
                .filter(metric -> metric.outcome() != Outcome.PASS)
                .forEach(metric -> lines.add(line(
                        verdict,
                        metric.outcome(),
                        metric.key().toString(),
                        metric.outcome() + ": " + VerdictText.sentence(metric))));
        verdict.guards().stream()
                .filter(guard -> guard.outcome() != Outcome.PASS)
                .forEach(guard -> lines.add(line(
                        verdict,
                        guard.outcome(),
                        guard.guard().quantity().toString(),
                        guard.outcome() + ": " + VerdictText.sentence(guard))));
        return lines;
    }

    /** The line of something that kept the gate from making a verdict. */
    public static String ofProblem(String problem) {
        return "::error title=gate::" + data(problem);
    }

    private static String line(Verdict verdict, Outcome outcome, String title, String message) {
        String command = verdict.stops(outcome) ? "error" : outcome == Outcome.PASS ? "notice" : "warning";
        return "::" + command + " title=" + property(title) + "::" + data(message);
    }

    /** A message ends at a line feed unless that is escaped. */
    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
