package org.statecraft.workbench.gate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.statecraft.eval.statistics.MarginTest;
import org.statecraft.workbench.table.Cell;
import org.statecraft.workbench.table.Formats;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.Table.Column;
import org.statecraft.workbench.table.Table.Kind;
import org.statecraft.workbench.table.Table.Section;

/** The verdict as a table, for a terminal and for Markdown. */
public final class VerdictTable {
    private static final List<Column> COLUMNS = List.of(
            new Column("verdict", Kind.TEXT),
            new Column("evaluation", Kind.TEXT),
            new Column("task", Kind.TEXT),
            new Column("metric", Kind.TEXT),
            new Column("baseline", Kind.SCORE),
            new Column("run", Kind.SCORE),
            new Column("change", Kind.TEXT),
            new Column("interval", Kind.TEXT),
            new Column("permitted", Kind.TEXT),
            new Column("p(no worse)", Kind.TEXT),
            new Column("p(worse)", Kind.TEXT),
            new Column("ratio", Kind.NUMBER),
            new Column("recovery", Kind.NUMBER),
            new Column("compared", Kind.TEXT));

    private VerdictTable() {}

    /** The table; its first line is the verdict. */
    public static Table of(Verdict verdict) {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                "metric",
                "Metrics",
                verdict.metrics().stream().map(VerdictTable::row).toList()));
        if (!verdict.guards().isEmpty()) {
            sections.add(new Section(
                    "guard",
                    "Guards",
                    verdict.guards().stream().map(VerdictTable::row).toList()));
        }
        List<String> heading = new ArrayList<>(List.of(VerdictText.headline(verdict)));
        verdict.problems().forEach(problem -> heading.add("ERROR: " + problem));
        return new Table(heading, COLUMNS, sections, notes(verdict));
    }

    private static List<Cell> row(MetricVerdict metric) {
        MetricVerdict.Comparison comparison = metric.comparison();
        CandidateScore score = metric.score();
        MarginTest p = metric.adjusted();
        return List.of(
                new Cell.Text(metric.outcome().name()),
                new Cell.Text(metric.key().evaluation()),
                new Cell.Text(metric.key().task()),
                score == null
                        ? new Cell.Text(metric.key().metric())
                        : new Cell.Metric(metric.key().metric(), score.higherIsBetter()),
                Cell.ofScore(metric.base().value(), metric.base().stderr()),
                score == null ? Cell.MISSING : Cell.ofScore(score.value(), score.stderr()),
                comparison == null ? Cell.MISSING : new Cell.Text(Formats.signed(comparison.change())),
                comparison == null || comparison.interval() == null
                        ? Cell.MISSING
                        : new Cell.Text(VerdictText.interval(comparison.interval())),
                new Cell.Text(VerdictText.permitted(metric)),
                p == null ? Cell.MISSING : new Cell.Text(VerdictText.p(p.notWorse())),
                p == null ? Cell.MISSING : new Cell.Text(VerdictText.p(p.worse())),
                share(metric.ratio()),
                share(metric.recovery()),
                comparison == null
                        ? Cell.MISSING
                        : new Cell.Text(comparison.method().label()));
    }

    private static Cell share(Double value) {
        return value == null ? Cell.MISSING : new Cell.Text(String.format(Locale.ROOT, "%.3f", value));
    }

    private static List<Cell> row(GuardVerdict guard) {
        List<Cell> row = new ArrayList<>();
        COLUMNS.forEach(column -> row.add(Cell.EMPTY));
        Quantity quantity = guard.guard().quantity();
        row.set(0, new Cell.Text(guard.outcome().name()));
        row.set(1, Cell.ofText(quantity.evaluation()));
        row.set(2, Cell.ofText(quantity.task()));
        row.set(3, new Cell.Text(quantity.name()));
        row.set(4, new Cell.Text(Formats.number(guard.guard().value())));
        row.set(5, guard.value() == null ? Cell.MISSING : new Cell.Text(Formats.number(guard.value())));
        row.set(8, new Cell.Text(guard.guard().limits()));
        row.set(11, share(guard.ratio()));
        return row;
    }

    private static List<String> notes(Verdict verdict) {
        Set<String> notes = new LinkedHashSet<>();
        for (MetricVerdict metric : verdict.metrics()) {
            metric.problems().forEach(problem -> notes.add(metric.key() + ": " + problem));
            if (metric.comparison() != null && metric.comparison().note() != null) {
                notes.add(metric.key() + ": " + metric.comparison().note());
            }
        }
        verdict.guards().stream()
                .filter(guard -> guard.outcome() == Outcome.ERROR)
                .forEach(guard -> notes.add(guard.guard().quantity() + ": " + VerdictText.sentence(guard)));
        if (verdict.metrics().stream().anyMatch(metric -> metric.adjusted() != null)) {
            notes.add(String.format(
                    Locale.ROOT,
                    "PASS if p(no worse) is at most %s, FAIL if p(worse) is; both corrected by Holm; intervals are of %.0f %%, uncorrected",
                    verdict.policy().alpha(),
                    100 * ScoreComparison.intervalLevel(verdict.policy())));
        }
        return List.copyOf(notes);
    }
}
