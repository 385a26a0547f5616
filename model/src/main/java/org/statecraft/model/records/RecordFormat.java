package org.statecraft.model.records;

import java.util.Locale;

/** How records stand in a file. */
public enum RecordFormat {
    /** One JSON object on each line. */
    JSON_LINES,
    /** A JSON array of objects. */
    JSON_ARRAY,
    /** Fields between commas, quoted with {@code "} where they hold commas, quotes or line ends (RFC 4180). */
    CSV,
    /** As {@link #CSV}, with tabs. */
    TSV,
    /** Fields between tabs; a quote is a character like any other, as in the files of GLUE. */
    TSV_UNQUOTED,
    /** One text on each line, the field {@code text}. */
    TEXT_LINES,
    /**
     * The files of DART, JSON or XML: {@code triples} as {@code s : p : o} joined by {@code  | }, and {@code text} and
     * {@code source} or {@code references} (see {@link References}).
     */
    DART,
    /**
     * {@code train_spider.json} or {@code dev.json} of Spider with {@code tables.json} in the same folder: {@code question},
     * {@code schema} as a text, {@code query} in lower case, {@code gold} as the file has it, {@code db_id}.
     */
    SPIDER;

    /** The format's name in recipes and messages: {@code json-lines}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether its columns can be named from outside. */
    public boolean delimited() {
        return this == CSV || this == TSV || this == TSV_UNQUOTED;
    }
}
