package org.statecraft.workbench.run;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.statecraft.workbench.table.Cell;
import org.statecraft.workbench.table.Formats;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.Table.Kind;
import org.statecraft.workbench.table.TableFormat;

/** What a run shows when it has ended: scores of each evaluation side by side, costs, and the texts of the model. */
final class ClosingReport {
    private static final int TEXT_WIDTH = 76;
    private static final String INDENT = "    ";

    private record Metric(String task, String name) {}

    private ClosingReport() {}

    static List<String> lines(RunRecord record) {
        List<String> lines = new ArrayList<>();
        if (!record.evaluations().isEmpty()) {
            lines.addAll(render(scores(record.evaluations())));
            lines.add("");
        }
        if (!record.steps().isEmpty()) {
            lines.addAll(render(costs(record.steps())));
            lines.add("");
        }
        for (Event.Generated text : record.texts()) {
            lines.add("Text " + text.label() + ", prompt \""
                    + printable(text.prompt()).replace("\n", "\\n") + "\":");
            wrap(printable(text.text())).forEach(line -> lines.add((INDENT + line).stripTrailing()));
            lines.add("");
        }
        return lines;
    }

    private static List<String> render(Table table) {
        return TableFormat.TEXT.render(table).lines().toList();
    }

    private static Table scores(List<Summary.Evaluation> evaluations) {
        List<Table.Column> columns =
                new ArrayList<>(List.of(new Table.Column("task", Kind.TEXT), new Table.Column("metric", Kind.TEXT)));
        for (int e = 0; e < evaluations.size(); e++) {
            Summary.Evaluation evaluation = evaluations.get(e);
            columns.add(new Table.Column(evaluation.label(), "step " + evaluation.step(), Kind.SCORE));
            if (e > 0) {
                columns.add(new Table.Column("change", "step " + evaluation.step() + " change", Kind.CHANGE));
            }
        }
        Set<Metric> metrics = new LinkedHashSet<>();
        for (Summary.Evaluation evaluation : evaluations) {
            evaluation.tasks().forEach((task, scores) -> scores.keySet()
                    .forEach(name -> metrics.add(new Metric(task, name))));
        }
        List<List<Cell>> rows =
                metrics.stream().map(metric -> scoreRow(metric, evaluations)).toList();
        return new Table(List.of(), columns, List.of(new Table.Section("scores", "", rows)), List.of());
    }

    private static List<Cell> scoreRow(Metric metric, List<Summary.Evaluation> evaluations) {
        List<Cell> row = new ArrayList<>();
        Summary.Score any = evaluations.stream()
                .map(evaluation -> find(evaluation, metric))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow();
        row.add(new Cell.Text(metric.task()));
        row.add(new Cell.Metric(metric.name(), any.higherIsBetter()));
        Summary.Score first = null;
        for (int e = 0; e < evaluations.size(); e++) {
            Summary.Score score = find(evaluations.get(e), metric);
            row.add(score == null ? Cell.MISSING : Cell.ofScore(score.value(), score.stderr()));
            if (e > 0) {
                row.add(change(first, score));
            }
            first = first == null ? score : first;
        }
        return row;
    }

    private static Summary.Score find(Summary.Evaluation evaluation, Metric metric) {
        return evaluation.tasks().getOrDefault(metric.task(), Map.of()).get(metric.name());
    }

    private static Cell change(Summary.Score first, Summary.Score score) {
        return first == null || score == null || first.value() == null || score.value() == null
                ? Cell.MISSING
                : new Cell.Change(score.value() - first.value());
    }

    private static Table costs(List<Summary.Step> steps) {
        boolean anyState = steps.stream().anyMatch(step -> step.stateBytesPerSequence() != null);
        List<Table.Column> columns = List.of(
                new Table.Column("step", Kind.TEXT),
                new Table.Column("time", Kind.NUMBER),
                new Table.Column("peak memory", Kind.NUMBER),
                new Table.Column("state per sequence", Kind.NUMBER));
        List<List<Cell>> rows = steps.stream()
                .map(step -> List.of(
                        new Cell.Text("[" + step.index() + "] " + step.verb()),
                        new Cell.Seconds(step.seconds()),
                        Cell.ofBytes(step.peakMemoryBytes()),
                        anyState ? Cell.ofBytes(step.stateBytesPerSequence()) : Cell.EMPTY))
                .toList();
        List<String> notes = new ArrayList<>();
        steps.stream()
                .filter(step -> step.trainableParameters() != null && step.totalParameters() != null)
                .forEach(step -> notes.add(Formats.trainedShare(step.trainableParameters(), step.totalParameters())));
        steps.stream()
                .map(Summary.Step::peakMemoryBytes)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .ifPresent(bytes -> notes.add("peak memory " + Formats.bytes(bytes)));
        return new Table(List.of(), columns, List.of(new Table.Section("steps", "", rows)), notes);
    }

    /** A model may write anything, also what a terminal would take for a command. */
    private static String printable(String text) {
        return text.replace("\r\n", "\n").replace('\t', ' ').replaceAll("[\\p{Cntrl}&&[^\n]]", "?");
    }

    static List<String> wrap(String text) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            String rest = paragraph.stripTrailing();
            while (rest.length() > TEXT_WIDTH) {
                int blank = rest.lastIndexOf(' ', TEXT_WIDTH);
                int end = blank > 0
                        ? blank
                        : rest.offsetByCodePoints(0, Math.min(TEXT_WIDTH, rest.codePointCount(0, rest.length())));
                lines.add(rest.substring(0, end).stripTrailing());
                rest = rest.substring(end).stripLeading();
            }
            lines.add(rest);
        }
        return lines;
    }
}
