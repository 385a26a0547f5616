package org.statecraft.workbench.gate;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.statecraft.eval.statistics.PairedBinary;
import org.statecraft.model.InputException;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.model.files.Hashes;
import org.statecraft.model.files.IoFailures;
import org.statecraft.workbench.compare.Documents;
import org.statecraft.workbench.compare.EvaluationFile;
import org.statecraft.workbench.run.EnvironmentReport;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.RunState;
import org.statecraft.workbench.run.Summary;

/**
 * Makes a baseline from a run, or renews one: metrics, margins, scores of guessing and guards of an existing baseline stay, with
 * the values of the run. Nothing is taken from a run that did not complete or whose sources were changed.
 */
public final class GateUpdate {
    private final RunDirectory directory;
    private final Path file;
    private final Request request;
    private final List<String> problems = new ArrayList<>();
    private final CandidateScores run;
    private final Map<MetricKey, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> sampleTexts = new LinkedHashMap<>();

    /**
     * What is asked for.
     *
     * @param margins name of a metric to margin; the names are {@code metric}, {@code task/metric} or {@code evaluation/task/metric}
     * @param chances name of a metric to the score of guessing
     * @param guards by name: {@code quantity} or {@code evaluation/task/quantity}
     */
    public record Request(
            String by,
            String why,
            Map<String, Double> margins,
            Map<String, Double> chances,
            Map<String, GuardLimits> guards) {}

    /** The permitted ratios of a guard; null for no limit. */
    public record GuardLimits(Double minRatio, Double maxRatio) {}

    private record Entry(double margin, Double chance) {}

    private GateUpdate(RunDirectory directory, Path file, Request request) {
        this.directory = directory;
        this.file = file;
        this.request = request;
        this.run = RunScores.of(directory);
    }

    /**
     * Writes the baseline; the samples stand beside it before it names them.
     *
     * @return what was written
     * @throws InputException with everything that speaks against it, one in a line; then nothing was written
     */
    public static Baseline write(RunDirectory directory, Path file, Request request, Clock clock) {
        return new GateUpdate(directory, file, request).write(clock);
    }

    /** Margins that the documents are too few for: even an answer that scores as before on each of them is inconclusive. */
    public static List<String> warnings(Baseline baseline) {
        return baseline.metrics().stream()
                .filter(metric ->
                        metric.documents() != null && metric.documents().shares() != null)
                .filter(metric -> PairedBinary.isBinary(metric.documents().counted()))
                .filter(metric -> metric.margin() > 0 && metric.margin() < 1)
                .filter(metric -> Math.pow(1 - metric.margin(), (double) metric.n()) > GatePolicy.DEFAULT_ALPHA)
                .map(metric -> metric.key() + ": with " + metric.n() + " documents a margin of " + metric.margin()
                        + " can hardly be shown: a run in which no score changes is inconclusive; it takes "
                        + (long) Math.ceil(Math.log(GatePolicy.DEFAULT_ALPHA) / Math.log(1 - metric.margin())))
                .toList();
    }

    private Baseline write(Clock clock) {
        if (request.why().isBlank() || request.by().isBlank()) {
            problems.add("--why and --by need a text: a baseline says who decided, and why");
        }
        if (run.state() != RunState.COMPLETED) {
            problems.add("run " + run.run() + " is " + run.state() + "; a baseline is made from a COMPLETED run only");
        }
        String commit = commit();
        Baseline old = Files.exists(file) ? BaselineFile.read(file) : null;
        choose(old);
        List<Guard> guards = guards(old);
        List<BaselineMetric> metrics = metrics();
        if (!problems.isEmpty()) {
            throw new InputException(String.join(System.lineSeparator(), problems));
        }
        Summary summary = Summary.read(directory);
        Baseline baseline = new Baseline(
                model(summary),
                summary.recipeHash(),
                request.by(),
                request.why(),
                clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
                run.run(),
                commit,
                metrics,
                guards);
        sampleTexts.forEach((name, text) -> AtomicFiles.writeString(file.resolveSibling(name), text));
        BaselineFile.write(file, baseline);
        removeSamples(old);
        return baseline;
    }

    private String commit() {
        EnvironmentReport environment = EnvironmentReport.read(directory);
        EnvironmentReport.Git git = environment == null ? null : environment.git();
        if (git == null) {
            problems.add("run " + run.run() + " does not say which commit it is from; run it from a checkout");
        } else if (git.dirty()) {
            problems.add("run " + run.run() + " was made from changed sources; commit them and run again");
        }
        return git == null ? null : git.commit();
    }

    /** Those of the old baseline and those that the request names. */
    private void choose(Baseline old) {
        if (old != null) {
            old.metrics().forEach(metric -> entries.put(metric.key(), new Entry(metric.margin(), metric.chance())));
        }
        request.margins().forEach((name, margin) -> {
            if (!(margin >= 0) || margin.isInfinite()) {
                problems.add("--margin " + name + ": a margin is a number from 0, the permitted drop as a size");
            }
            meant(name, "--margin", run.scores().keySet())
                    .forEach(key -> entries.put(
                            key,
                            new Entry(
                                    margin,
                                    entries.containsKey(key) ? entries.get(key).chance() : null)));
        });
        request.chances().forEach((name, chance) -> meant(name, "--chance", entries.keySet())
                .forEach(key -> entries.put(key, new Entry(entries.get(key).margin(), chance))));
        if (entries.isEmpty()) {
            problems.add(
                    "no metric is named; a margin is a decision, so there is none by default: --margin METRIC=VALUE"
                            + ", of: " + known(run.scores().keySet()));
        }
    }

    private List<MetricKey> meant(String name, String option, Set<MetricKey> among) {
        List<MetricKey> meant =
                among.stream().filter(key -> key.isMeantBy(name)).toList();
        if (meant.isEmpty()) {
            problems.add(option + " " + name + ": there is no such metric; there are: " + known(among));
        }
        return meant;
    }

    private static String known(Set<?> names) {
        return names.isEmpty()
                ? "none"
                : String.join(
                        ", ", new TreeSet<>(names.stream().map(Object::toString).toList()));
    }

    private List<Guard> guards(Baseline old) {
        Map<Quantity, GuardLimits> limits = new LinkedHashMap<>();
        if (old != null) {
            old.guards()
                    .forEach(
                            guard -> limits.put(guard.quantity(), new GuardLimits(guard.minRatio(), guard.maxRatio())));
        }
        request.guards().forEach((name, limit) -> {
            Quantity quantity = run.quantities().keySet().stream()
                    .filter(one -> one.toString().equals(name))
                    .findFirst()
                    .orElse(null);
            if (quantity == null) {
                problems.add("--guard " + name + ": there is no such quantity; there are: "
                        + known(run.quantities().keySet()));
            } else {
                limits.put(quantity, limit);
            }
        });
        List<Guard> guards = new ArrayList<>();
        limits.forEach((quantity, limit) -> {
            Double value = run.quantities().get(quantity);
            if (value == null || !(value > 0)) {
                problems.add("guard " + quantity + ": the run has no number above 0 for it");
            } else {
                guards.add(new Guard(quantity, value, limit.minRatio(), limit.maxRatio()));
            }
        });
        return guards;
    }

    private List<BaselineMetric> metrics() {
        if (run.scores().isEmpty()) {
            return List.of();
        }
        Map<String, Summary.Evaluation> evaluations = RunScores.titled(Summary.read(directory));
        Map<List<String>, String> names = new HashMap<>();
        List<BaselineMetric> metrics = new ArrayList<>();
        entries.forEach((key, entry) -> {
            CandidateScore score = run.scores().get(key);
            if (score == null || score.value() == null || score.n() <= 0) {
                problems.add(key + ": the run has no score of any document; remove the metric from " + file
                        + " if it is no longer wanted");
                return;
            }
            int step = evaluations.get(key.evaluation()).step();
            Path samples = Documents.file(directory.documentSamples(step), key.task());
            SampleFile answers = samples == null ? null : SampleFile.read(samples);
            String name = answers == null
                    ? null
                    : names.computeIfAbsent(List.of(key.evaluation(), key.task()), which -> keep(which, answers));
            Double chance = entry.chance() != null ? entry.chance() : chance(key, step, answers);
            metrics.add(new BaselineMetric(
                    key,
                    score.value(),
                    score.stderr(),
                    score.n(),
                    entry.margin(),
                    chance,
                    score.taskVersion(),
                    score.documents() == null ? null : score.documents().hash(),
                    score.taskHash(),
                    score.answersHash(),
                    name,
                    name == null ? null : Hashes.sha256(sampleTexts.get(name)),
                    score.documents()));
        });
        return metrics;
    }

    /** Named by its content, so that the old baseline keeps its samples until the new one stands. */
    private String keep(List<String> evaluationAndTask, SampleFile samples) {
        List<String> metrics = entries.keySet().stream()
                .filter(key -> List.of(key.evaluation(), key.task()).equals(evaluationAndTask))
                .map(MetricKey::metric)
                .toList();
        String text = samples.trimmed(new LinkedHashSet<>(metrics));
        String stem = file.getFileName().toString().replaceFirst("\\.json$", "");
        String name = stem + "-" + Hashes.sha256(text).substring(0, 12) + ".jsonl";
        sampleTexts.put(name, text);
        return name;
    }

    private Double chance(MetricKey key, int step, SampleFile answers) {
        EvaluationFile results = EvaluationFile.read(directory.evaluation(step));
        JsonNode ofProbe = results.tree()
                .path("statecraft")
                .path("probes")
                .path(key.task())
                .path("chance")
                .path(key.metric());
        if (ofProbe.isNumber()) {
            return ofProbe.doubleValue();
        }
        boolean choices = results.tree()
                .path("configs")
                .path(key.task())
                .path("output_type")
                .asText()
                .equals("multiple_choice");
        boolean accuracy = Set.of("acc", "acc_norm", "acc_bytes").contains(key.metric());
        return choices && accuracy && answers != null ? answers.chanceOfChoices() : null;
    }

    private String model(Summary summary) {
        return summary.evaluations().stream()
                .map(evaluation -> EvaluationFile.read(directory.evaluation(evaluation.step()))
                        .tree()
                        .path("model_name")
                        .textValue())
                .filter(name -> name != null)
                .findFirst()
                .orElse(null);
    }

    private void removeSamples(Baseline old) {
        if (old == null) {
            return;
        }
        Set<String> left = new HashSet<>();
        old.metrics().stream()
                .map(BaselineMetric::samples)
                .filter(name -> name != null)
                .forEach(left::add);
        left.removeAll(sampleTexts.keySet());
        for (String name : left) {
            try {
                Files.deleteIfExists(file.resolveSibling(name));
            } catch (IOException e) {
                throw IoFailures.writing(file.resolveSibling(name), e);
            }
        }
    }
}
