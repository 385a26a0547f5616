package org.statecraft.workbench.compare;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.statecraft.model.InputException;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.table.Cell;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.Table.Column;
import org.statecraft.workbench.table.Table.Kind;
import org.statecraft.workbench.table.Table.Section;

/**
 * Two or more runs side by side, as one table: first where their recipes differ, then scores with their errors and the
 * difference to the first run, then costs. People see the runs as A, B, C; programs see their ids.
 */
public final class Comparison {
    private final List<RunData> runs;
    private final Set<String> notes = new LinkedHashSet<>();

    private Comparison(List<RunData> runs) {
        this.runs = runs;
    }

    /**
     * Compares runs, whether or not they have ended.
     *
     * @throws InputException if there are fewer than two, one is named twice or its files are damaged
     */
    public static Table of(List<RunDirectory> directories) {
        Set<String> ids = new HashSet<>();
        for (RunDirectory directory : directories) {
            if (!ids.add(directory.id())) {
                throw new InputException("run " + directory.id() + " is named twice; name different runs");
            }
        }
        if (directories.size() < 2) {
            throw new InputException("one run alone cannot be compared; name two or more");
        }
        return new Comparison(directories.stream().map(RunData::load).toList()).table();
    }

    /** "A" for the first run. */
    static String letter(int run) {
        return run < 26 ? String.valueOf((char) ('A' + run)) : "#" + (run + 1);
    }

    private Table table() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("run", "Runs", states()));
        addUnlessEmpty(sections, new Section("recipe", "Differences of the recipes", recipes()));
        inputs();
        addUnlessEmpty(sections, new Section("score", "Scores", new ScoreRows(runs, notes).rows()));
        sections.add(new Section("cost", "Costs", costs()));
        return new Table(heading(), columns(), sections, List.copyOf(notes));
    }

    private static void addUnlessEmpty(List<Section> sections, Section section) {
        if (!section.rows().isEmpty()) {
            sections.add(section);
        }
    }

    private List<String> heading() {
        List<String> heading = new ArrayList<>();
        for (int r = 0; r < runs.size(); r++) {
            heading.add(letter(r) + "  " + runs.get(r).directory().id() + "  "
                    + runs.get(r).summary().state());
        }
        return heading;
    }

    private List<Column> columns() {
        List<Column> columns = new ArrayList<>(List.of(
                new Column("evaluation", Kind.TEXT), new Column("item", Kind.TEXT), new Column("metric", Kind.TEXT)));
        for (int r = 0; r < runs.size(); r++) {
            columns.add(new Column(letter(r), runs.get(r).directory().id(), Kind.SCORE));
        }
        for (int r = 1; r < runs.size(); r++) {
            columns.add(new Column(
                    letter(r) + " - " + letter(0), runs.get(r).directory().id() + " change", Kind.CHANGE));
        }
        return columns;
    }

    private List<Cell> row(String item, Function<RunData, Cell> cell) {
        List<Cell> row = new ArrayList<>(List.of(Cell.EMPTY, new Cell.Text(item), Cell.EMPTY));
        runs.forEach(run -> row.add(cell.apply(run)));
        runs.stream().skip(1).forEach(run -> row.add(Cell.EMPTY));
        return row;
    }

    private List<List<Cell>> states() {
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(row("recipe", run -> Cell.ofText(run.summary().name())));
        rows.add(row("state", run -> Cell.ofText(run.summary().state().name())));
        if (runs.stream().anyMatch(run -> run.summary().failure() != null)) {
            rows.add(row("failure", run -> Cell.ofText(run.summary().failure())));
        }
        rows.add(row("kernel", run -> Cell.ofText(run.summary().kernel())));
        rows.add(row("weights", run -> Cell.ofText(run.summary().weights())));
        return rows;
    }

    private List<List<Cell>> recipes() {
        Set<String> paths = new LinkedHashSet<>();
        for (int r = 0; r < runs.size(); r++) {
            if (runs.get(r).recipe() == null) {
                notes.add("run " + letter(r) + " has no resolved.yaml: it ended before its recipe was written down");
            } else {
                paths.addAll(runs.get(r).recipe().keySet());
            }
        }
        List<Map<String, String>> known =
                runs.stream().map(RunData::recipe).filter(Objects::nonNull).toList();
        List<List<Cell>> rows = paths.stream()
                .filter(path -> known.stream()
                                .map(recipe -> recipe.get(path))
                                .distinct()
                                .count()
                        > 1)
                .map(path -> row(
                        path,
                        run -> Cell.ofText(
                                run.recipe() == null ? null : run.recipe().get(path))))
                .toList();
        if (rows.isEmpty() && known.size() == runs.size()) {
            notes.add("the recipes are the same");
        }
        return rows;
    }

    private void inputs() {
        Map<String, String> first = new TreeMap<>(runs.get(0).inputs());
        for (int r = 1; r < runs.size(); r++) {
            Map<String, String> others = runs.get(r).inputs();
            String letter = letter(r);
            first.forEach((name, hash) -> {
                String other = others.get(name);
                if (other != null && !other.equals(hash)) {
                    notes.add("input " + name + " is another file: " + ScoreRows.shortened(hash) + " in A, "
                            + ScoreRows.shortened(other) + " in " + letter);
                }
            });
        }
    }

    private List<List<Cell>> costs() {
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(row("trainable parameters", run -> Cell.ofCount(largest(run, Summary.Step::trainableParameters))));
        rows.add(row("total parameters", run -> Cell.ofCount(largest(run, Summary.Step::totalParameters))));
        rows.add(row("seconds", Comparison::seconds));
        rows.add(row("peak memory", run -> Cell.ofBytes(largest(run, Summary.Step::peakMemoryBytes))));
        if (runs.stream().anyMatch(run -> largest(run, Summary.Step::stateBytesPerSequence) != null)) {
            rows.add(row("state per sequence", run -> Cell.ofBytes(largest(run, Summary.Step::stateBytesPerSequence))));
        }
        return rows;
    }

    private static Cell seconds(RunData run) {
        List<Summary.Step> steps = run.summary().steps();
        return steps.isEmpty()
                ? Cell.MISSING
                : new Cell.Seconds(
                        steps.stream().mapToDouble(Summary.Step::seconds).sum());
    }

    private static Long largest(RunData run, Function<Summary.Step, Long> number) {
        return run.summary().steps().stream()
                .map(number)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}
