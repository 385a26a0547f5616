package org.statecraft.workbench.table;

import java.util.ArrayList;
import java.util.List;

/** Aligned text: two blanks between columns, numbers to the right, long texts clipped. */
final class TextTable {
    private static final int WIDEST = 60;
    private static final String GAP = "  ";

    private TextTable() {}

    static String render(Table table) {
        StringBuilder out = new StringBuilder();
        table.heading().forEach(line -> out.append(line).append('\n'));
        for (Table.Section section : table.sections()) {
            if (out.length() > 0) {
                out.append('\n');
            }
            if (!section.title().isEmpty()) {
                out.append(section.title()).append('\n');
            }
            section(out, table, section);
        }
        if (!table.notes().isEmpty() && out.length() > 0) {
            out.append('\n');
        }
        table.notes().forEach(line -> out.append(line).append('\n'));
        return out.toString();
    }

    private static void section(StringBuilder out, Table table, Table.Section section) {
        List<Integer> used = table.columnsUsedBy(section);
        List<List<String>> lines = new ArrayList<>();
        lines.add(used.stream().map(c -> table.columns().get(c).label()).toList());
        section.rows()
                .forEach(row -> lines.add(
                        used.stream().map(c -> clip(row.get(c).shown())).toList()));
        int[] widths = new int[used.size()];
        for (List<String> line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], width(line.get(i)));
            }
        }
        for (List<String> line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String blanks = " ".repeat(widths[i] - width(line.get(i)));
                boolean left = table.columns().get(used.get(i)).kind() == Table.Kind.TEXT;
                text.append(i == 0 ? "" : GAP).append(left ? line.get(i) + blanks : blanks + line.get(i));
            }
            out.append(text.toString().stripTrailing()).append('\n');
        }
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String clip(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return width(line) <= WIDEST ? line : line.substring(0, line.offsetByCodePoints(0, WIDEST - 3)) + "...";
    }
}
