package org.statecraft.workbench.methods;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.statecraft.model.files.AtomicFiles;
import org.statecraft.workbench.table.Cell;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.Table.Column;
import org.statecraft.workbench.table.Table.Kind;
import org.statecraft.workbench.table.Table.Section;
import org.statecraft.workbench.table.TableFormat;

/**
 * The outcome of a comparison of methods: who stands where, as table and chart.
 *
 * <p>Methods that train about as many values as the reference stand in a section of their own; in each the best comes first.
 */
public final class MethodComparison {
    private static final List<Column> COLUMNS = List.of(
            new Column("method", Kind.TEXT),
            new Column("bits per byte", "bits_per_byte", Kind.NUMBER),
            new Column("95 % interval", "interval", Kind.TEXT),
            new Column("against reference", "difference", Kind.CHANGE),
            new Column("verdict", Kind.TEXT),
            new Column("seeds from-to", "seeds", Kind.TEXT),
            new Column("rate", "learning_rate", Kind.TEXT),
            new Column("trained", "trainable_parameters", Kind.NUMBER),
            new Column("stored", "bytes", Kind.NUMBER),
            new Column("step/forward", "step_over_forward", Kind.NUMBER),
            new Column("peak memory", "peak_memory_bytes", Kind.NUMBER),
            new Column("token/base", "token_over_base", Kind.NUMBER),
            new Column("keys", Kind.TEXT));

    private final String title;
    private final Contest contest;
    private final double[] baseNats;
    private final List<Standing> standings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * Over a test text.
     *
     * @param title what is compared on what
     * @param windowBytes UTF-8 bytes of each window of the test text
     * @param baseNats summed loss of each window without any adapter
     * @param notes sentences below the table
     */
    public MethodComparison(String title, long[] windowBytes, double[] baseNats, List<String> notes) {
        this.title = title;
        this.contest = new Contest(windowBytes);
        this.baseNats = baseNats.clone();
        this.notes.addAll(notes);
    }

    /**
     * Adds a method.
     *
     * @param equalBudget whether it trains about as many values as the reference
     * @param description its keys
     * @param reference the trainings of the reference; null for the reference itself
     * @param trials one for each seed
     */
    public void add(String name, boolean equalBudget, String description, List<Trial> reference, List<Trial> trials) {
        List<double[]> scores = nats(trials);
        standings.add(new Standing(
                name,
                equalBudget,
                description,
                trials,
                contest.score(scores),
                reference == null ? null : contest.difference(nats(reference), scores)));
    }

    /** Adds a sentence below the table. */
    public void note(String sentence) {
        notes.add(sentence);
    }

    private static List<double[]> nats(List<Trial> trials) {
        return trials.stream().map(Trial::testNats).toList();
    }

    /** The methods in the order of the table. */
    private List<Standing> ordered() {
        return standings.stream()
                .sorted(Comparator.comparing((Standing standing) -> !standing.equalBudget())
                        .thenComparing(standing -> standing.score().value()))
                .toList();
    }

    public Table table() {
        Map<Boolean, List<List<Cell>>> rows = ordered().stream()
                .collect(Collectors.partitioningBy(
                        Standing::equalBudget, Collectors.mapping(this::row, Collectors.toList())));
        List<Section> sections = new ArrayList<>(List.of(new Section("equal-budget", "equal budget", rows.get(true))));
        if (!rows.get(false).isEmpty()) {
            sections.add(new Section("other-budget", "another budget", rows.get(false)));
        }
        List<String> below = new ArrayList<>(notes);
        below.add("untuned: %.4f bits per byte".formatted(contest.bitsPerByte(baseNats)));
        return new Table(List.of(title), COLUMNS, sections, below);
    }

    private List<Cell> row(Standing s) {
        double[] seeds = s.trials().stream()
                .mapToDouble(trial -> contest.bitsPerByte(trial.testNats()))
                .sorted()
                .toArray();
        Trial first = s.trials().get(0);
        Double peak = s.median(trial ->
                trial.peakMemoryBytes() == null ? null : trial.peakMemoryBytes().doubleValue());
        return List.of(
                Cell.ofText(s.name()),
                Cell.ofScore(s.score().value(), null),
                Cell.ofText("%.4f to %.4f".formatted(s.score().low(), s.score().high())),
                s.difference() == null
                        ? Cell.EMPTY
                        : new Cell.Change(
                                s.difference().value(),
                                null,
                                s.difference().low(),
                                s.difference().high()),
                Cell.ofText(s.verdict()),
                Cell.ofText("%.4f-%.4f".formatted(seeds[0], seeds[seeds.length - 1])),
                Cell.ofText("%.1e".formatted(first.learningRate())),
                Cell.ofCount(first.trainable()),
                Cell.ofBytes(first.bytes()),
                ratio(s.median(Trial::stepOverForward)),
                Cell.ofBytes(peak == null ? null : peak.longValue()),
                ratio(s.median(Trial::tokenOverBase)),
                Cell.ofText(s.description()));
    }

    private static Cell ratio(Double value) {
        return value == null ? Cell.MISSING : new Cell.Ratio(value);
    }

    /**
     * Writes {@code comparison.md}, {@code .csv}, {@code .json} and {@code .svg}, each replacing one that is there.
     *
     * @return the files by ending
     */
    public Map<String, Path> write(Path folder) {
        Map<String, Function<Table, String>> contents = new LinkedHashMap<>();
        contents.put("md", TableFormat.MARKDOWN::render);
        contents.put("csv", TableFormat.CSV::render);
        contents.put("json", TableFormat.JSON::render);
        contents.put("svg", table -> IntervalChart.of(title, ordered(), contest.bitsPerByte(baseNats)));
        Table table = table();
        Map<String, Path> files = new LinkedHashMap<>();
        contents.forEach((ending, content) -> {
            Path file = folder.resolve("comparison." + ending);
            AtomicFiles.writeString(file, content.apply(table));
            files.put(ending, file);
        });
        return files;
    }
}
