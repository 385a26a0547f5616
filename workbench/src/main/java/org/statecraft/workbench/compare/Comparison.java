package org.statecraft.workbench.compare;

import java.nio.file.Path;
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
 * Two or more runs, or results of lm-evaluation-harness, side by side: as one table, first where recipes differ, then scores
 * with their errors and the difference to the first column, then costs; and as a list of the documents that differ. People see
 * the columns as A, B, C; programs see ids of runs and paths of result files.
 */
public final class Comparison {
    private final List<Compared> all;
    private final Set<String> notes = new LinkedHashSet<>();
    private final Evidence evidence;
    private final Table table;

    private Comparison(List<Compared> all) {
        this.all = all;
        this.evidence = new Evidence(all);
        this.table = build();
    }

    /**
     * Compares what is named: runs, whether or not they have ended, by path or id as {@link RunDirectory#open} finds them;
     * result files of lm-evaluation-harness; or folders in which there are some, of which the newest counts.
     *
     * @throws InputException if there are fewer than two, one is named twice, is not found, or its files are damaged
     */
    public static Comparison of(Path runsRoot, List<String> names) {
        if (names.size() < 2) {
            throw new InputException("one run alone cannot be compared; name two or more");
        }
        List<Compared> all =
                names.stream().map(name -> Operands.open(runsRoot, name)).toList();
        Set<String> ids = new HashSet<>();
        for (Compared compared : all) {
            if (!ids.add(compared.id())) {
                throw new InputException(compared.id() + " is named twice; name different runs or result files");
            }
        }
        return new Comparison(all);
    }

    /** "A" for the first column. */
    static String letter(int column) {
        return column < 26 ? String.valueOf((char) ('A' + column)) : "#" + (column + 1);
    }

    public Table table() {
        return table;
    }

    /** The documents that differ, as CSV: a line for each, under a header. */
    public String documents() {
        return DifferingDocuments.csv(all, evidence.differences());
    }

    private Table build() {
        List<Section> sections = new ArrayList<>();
        for (int r = 0; r < all.size(); r++) {
            notes.addAll(all.get(r).remarks(letter(r)));
        }
        sections.add(new Section("run", "Runs", facts()));
        addUnlessEmpty(sections, new Section("recipe", "Differences of the recipes", recipes()));
        inputs();
        addUnlessEmpty(sections, new Section("score", "Scores", new ScoreRows(all, evidence, notes).rows()));
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
        for (int r = 0; r < all.size(); r++) {
            heading.add(letter(r) + "  " + all.get(r).heading());
        }
        return heading;
    }

    private List<Column> columns() {
        List<Column> columns = new ArrayList<>(List.of(
                new Column("evaluation", Kind.TEXT), new Column("item", Kind.TEXT), new Column("metric", Kind.TEXT)));
        for (int r = 0; r < all.size(); r++) {
            columns.add(new Column(letter(r), all.get(r).id(), Kind.SCORE));
        }
        for (int r = 1; r < all.size(); r++) {
            columns.add(new Column(letter(r) + " - " + letter(0), all.get(r).id() + " change", Kind.CHANGE));
        }
        return columns;
    }

    private List<Cell> row(String item, Function<Compared, Cell> cell) {
        List<Cell> row = new ArrayList<>(List.of(Cell.EMPTY, new Cell.Text(item), Cell.EMPTY));
        all.forEach(compared -> row.add(cell.apply(compared)));
        all.stream().skip(1).forEach(compared -> row.add(Cell.EMPTY));
        return row;
    }

    private List<List<Cell>> facts() {
        Set<String> items = new LinkedHashSet<>();
        all.forEach(compared -> items.addAll(compared.facts().keySet()));
        return items.stream()
                .filter(item ->
                        all.stream().anyMatch(compared -> compared.facts().get(item) != null))
                .map(item -> row(item, compared -> Cell.ofText(compared.facts().get(item))))
                .toList();
    }

    private List<List<Cell>> recipes() {
        List<Map<String, String>> known =
                all.stream().map(Compared::recipe).filter(Objects::nonNull).toList();
        Set<String> paths = new LinkedHashSet<>();
        known.forEach(recipe -> paths.addAll(recipe.keySet()));
        List<List<Cell>> rows = paths.stream()
                .filter(path -> known.stream()
                                .map(recipe -> recipe.get(path))
                                .distinct()
                                .count()
                        > 1)
                .map(path -> row(path, compared -> Cell.ofText(leaf(compared, path))))
                .toList();
        long expected = all.stream().filter(Compared::followsRecipe).count();
        if (rows.isEmpty() && known.size() == expected && expected > 1) {
            notes.add("the recipes are the same");
        }
        return rows;
    }

    private static String leaf(Compared compared, String path) {
        return compared.recipe() == null ? null : compared.recipe().get(path);
    }

    private void inputs() {
        Map<String, String> first = new TreeMap<>(all.get(0).inputs());
        for (int r = 1; r < all.size(); r++) {
            Map<String, String> others = all.get(r).inputs();
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
        rows.add(row(
                "trainable parameters",
                compared -> Cell.ofCount(largest(compared, Summary.Step::trainableParameters))));
        rows.add(row("total parameters", compared -> Cell.ofCount(largest(compared, Summary.Step::totalParameters))));
        rows.add(row("seconds", Comparison::seconds));
        rows.add(row("peak memory", compared -> Cell.ofBytes(largest(compared, Summary.Step::peakMemoryBytes))));
        if (all.stream().anyMatch(compared -> largest(compared, Summary.Step::stateBytesPerSequence) != null)) {
            rows.add(row(
                    "state per sequence",
                    compared -> Cell.ofBytes(largest(compared, Summary.Step::stateBytesPerSequence))));
        }
        return rows;
    }

    private static Cell seconds(Compared compared) {
        List<Summary.Step> steps = compared.steps();
        return steps.isEmpty()
                ? Cell.MISSING
                : new Cell.Seconds(
                        steps.stream().mapToDouble(Summary.Step::seconds).sum());
    }

    private static Long largest(Compared compared, Function<Summary.Step, Long> number) {
        return compared.steps().stream()
                .map(number)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}
