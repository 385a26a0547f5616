package org.statecraft.workbench.probes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.statecraft.eval.probes.ProbeSlice;
import org.statecraft.workbench.table.Cell;
import org.statecraft.workbench.table.Table;
import org.statecraft.workbench.table.TableFormat;

/** Scores by the length of a text and the depth of a needle in it. */
final class DepthMap {
    private final Map<Integer, Map<Integer, Double>> byDepth = new TreeMap<>();
    private final TreeSet<Integer> lengths = new TreeSet<>();

    void put(ProbeSlice slice, double value) {
        lengths.add(slice.number("T"));
        byDepth.computeIfAbsent(slice.number("depth"), depth -> new TreeMap<>()).put(slice.number("T"), value);
    }

    List<Integer> lengths() {
        return List.copyOf(lengths);
    }

    List<Integer> depths() {
        return List.copyOf(byDepth.keySet());
    }

    /** Null where nothing was scored. */
    Double value(int length, int depth) {
        Double value = byDepth.get(depth).get(length);
        return value == null || value.isNaN() ? null : value;
    }

    /** A line for each depth, a column for each length. */
    String text() {
        List<Table.Column> columns = new ArrayList<>(List.of(new Table.Column("depth", Table.Kind.NUMBER)));
        lengths.forEach(length -> columns.add(new Table.Column("T=" + length, Table.Kind.NUMBER)));
        List<List<Cell>> rows = depths().stream()
                .map(depth -> {
                    List<Cell> row = new ArrayList<>(List.of(new Cell.Text(depth + " %")));
                    lengths.forEach(length -> row.add(cell(value(length, depth))));
                    return row;
                })
                .toList();
        return TableFormat.TEXT.render(
                new Table(List.of(), columns, List.of(new Table.Section("depths", "", rows)), List.of()));
    }

    private static Cell cell(Double value) {
        return value == null ? Cell.MISSING : new Cell.Ratio(value);
    }
}
