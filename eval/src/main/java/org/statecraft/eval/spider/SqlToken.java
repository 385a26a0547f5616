package org.statecraft.eval.spider;

/**
 * One piece of a query.
 *
 * @param text in lower case, except of a quoted text, which keeps its case and has its quotes
 * @param offset index of its first {@code char} in the query
 * @param quoted whether it is one quoted text and nothing else
 */
record SqlToken(String text, int offset, boolean quoted) {
    boolean is(String word) {
        return !quoted && text.equals(word);
    }
}
