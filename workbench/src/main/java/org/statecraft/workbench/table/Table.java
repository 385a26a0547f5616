package org.statecraft.workbench.table;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows in titled sections that share their columns.
 *
 * <p>People (text, Markdown) see each section as a table of its own without the columns that are empty in it; programs (CSV,
 * JSON) see every column in every section.
 *
 * @param heading lines above
 * @param notes lines below
 */
public record Table(List<String> heading, List<Column> columns, List<Section> sections, List<String> notes) {
    public Table {
        heading = List.copyOf(heading);
        columns = List.copyOf(columns);
        sections = List.copyOf(sections);
        notes = List.copyOf(notes);
        for (Section section : sections) {
            for (List<Cell> row : section.rows()) {
                if (row.size() != columns.size()) {
                    throw new IllegalArgumentException(
                            "row of " + row.size() + " cells under " + columns.size() + " columns");
                }
            }
        }
    }

    /**
     * A column of every section.
     *
     * @param label for people
     * @param key for programs, unique in the table
     */
    public record Column(String label, String key, Kind kind) {
        public Column(String name, Kind kind) {
            this(name, name, kind);
        }
    }

    /** What a column holds at most: how it is aligned, and into which columns programs see it split. */
    public enum Kind {
        TEXT,
        NUMBER,
        SCORE,
        CHANGE;

        /** What is added to the column's key for each part of {@link Cell#values()}. */
        List<String> parts() {
            return switch (this) {
                case TEXT, NUMBER -> List.of("");
                case SCORE -> List.of("", " stderr");
                case CHANGE -> List.of("", " stderr", " low", " high");
            };
        }
    }

    /**
     * Rows about one thing.
     *
     * @param name for programs
     * @param title for people; empty for none
     */
    public record Section(String name, String title, List<List<Cell>> rows) {
        public Section {
            rows = rows.stream().map(List::copyOf).toList();
        }
    }

    /** The columns in which a section has anything to show. */
    List<Integer> columnsUsedBy(Section section) {
        return IntStream.range(0, columns.size())
                .filter(c -> section.rows().stream().anyMatch(row -> row.get(c) != Cell.EMPTY))
                .boxed()
                .toList();
    }
}
