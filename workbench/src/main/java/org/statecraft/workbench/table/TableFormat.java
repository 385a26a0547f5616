package org.statecraft.workbench.table;

/** A way to write a {@link Table} down. Every rendering ends with a line feed. */
public enum TableFormat {
    /** Aligned columns for a terminal. */
    TEXT,
    /** GitHub's Markdown tables. */
    MARKDOWN,
    /** One sheet with a header line; the first column names the section. Heading and notes are left out. */
    CSV,
    /** {@code {"heading": [...], "sections": {name: [{key: value}]}, "notes": [...]}}. */
    JSON;

    /** The table in this format. */
    public String render(Table table) {
        return switch (this) {
            case TEXT -> TextTable.render(table);
            case MARKDOWN -> MarkdownTable.render(table);
            case CSV -> DataTable.csv(table);
            case JSON -> DataTable.json(table);
        };
    }
}
