package org.statecraft.eval.spider;

import java.util.Locale;
import java.util.Set;

/**
 * Looks whether a text is one statement that reads, before a database sees it.
 *
 * <p>The driver compiles the first statement of a text and silently drops the rest, so a second one must be found here. This reads
 * only what separates statements: quotes, comments and semicolons.
 */
final class SingleSelect {
    private static final Set<String> READS = Set.of("select", "with");

    private final String sql;
    private int at;

    private SingleSelect(String sql) {
        this.sql = sql;
    }

    /** What is wrong with the text, or null. */
    static String objection(String sql) {
        if (sql.indexOf('\0') >= 0) {
            return "it holds a zero character, at which SQLite would stop reading";
        }
        SingleSelect reader = new SingleSelect(sql);
        reader.skipBlanksAndComments();
        String verb = reader.word();
        if (!READS.contains(verb)) {
            return verb.isEmpty()
                    ? "it has no statement"
                    : "it begins with " + verb.toUpperCase(Locale.ROOT) + "; only SELECT and WITH are run";
        }
        reader.skipStatement();
        reader.skipBlanksAndComments();
        // Python's driver, which the benchmark uses, counts an empty statement too
        return reader.at < sql.length() ? "it has more than one statement" : null;
    }

    private String word() {
        int start = at;
        while (at < sql.length() && Character.isLetter(sql.charAt(at))) {
            at++;
        }
        // a text that begins with a sign has no verb, but is named all the same
        int end = at == start ? Math.min(start + 1, sql.length()) : at;
        return sql.substring(start, end).toLowerCase(Locale.ROOT);
    }

    /** The semicolon included. */
    private void skipStatement() {
        while (at < sql.length() && sql.charAt(at) != ';') {
            char c = sql.charAt(at);
            if (c == '\'' || c == '"' || c == '`') {
                skipPast(String.valueOf(c), at + 1);
            } else if (c == '[') {
                skipPast("]", at + 1);
            } else if (!skipComment()) {
                at++;
            }
        }
        at = Math.min(at + 1, sql.length());
    }

    private void skipBlanksAndComments() {
        while (at < sql.length() && (isBlank(sql.charAt(at)) || skipComment())) {
            if (at < sql.length() && isBlank(sql.charAt(at))) {
                at++;
            }
        }
    }

    private boolean skipComment() {
        if (sql.startsWith("--", at)) {
            skipPast("\n", at + 2);
        } else if (sql.startsWith("/*", at)) {
            skipPast("*/", at + 2);
        } else {
            return false;
        }
        return true;
    }

    private void skipPast(String end, int from) {
        int found = sql.indexOf(end, from);
        at = found < 0 ? sql.length() : found + end.length();
    }

    /** What SQLite takes for a blank. */
    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
    }
}
