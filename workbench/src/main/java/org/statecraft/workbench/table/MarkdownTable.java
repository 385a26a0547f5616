package org.statecraft.workbench.table;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Markdown: a heading and a table for each section, heading lines and notes as lists. */
final class MarkdownTable {
    private MarkdownTable() {}

    static String render(Table table) {
        StringBuilder out = new StringBuilder();
        list(out, table.heading());
        for (Table.Section section : table.sections()) {
            if (out.length() > 0) {
                out.append('\n');
            }
            if (!section.title().isEmpty()) {
                out.append("### ").append(section.title()).append("\n\n");
            }
            section(out, table, section);
        }
        if (!table.notes().isEmpty() && out.length() > 0) {
            out.append('\n');
        }
        list(out, table.notes());
        return out.toString();
    }

    private static void list(StringBuilder out, List<String> lines) {
        lines.forEach(line -> out.append("- ").append(escape(line)).append('\n'));
    }

    private static void section(StringBuilder out, Table table, Table.Section section) {
        List<Integer> used = table.columnsUsedBy(section);
        line(out, used, c -> escape(table.columns().get(c).label()));
        line(out, used, c -> table.columns().get(c).kind() == Table.Kind.TEXT ? "---" : "---:");
        section.rows().forEach(row -> line(out, used, c -> escape(row.get(c).shown())));
    }

    private static void line(StringBuilder out, List<Integer> used, Function<Integer, String> text) {
        out.append(used.stream().map(text).collect(Collectors.joining(" | ", "| ", " |\n")));
    }

    private static String escape(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").strip().replaceAll("([\\\\|*_<`])", "\\\\$1");
    }
}
