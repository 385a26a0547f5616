package org.statecraft.eval.spider;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.statecraft.eval.python.PythonWhitespace;
import org.statecraft.model.InputException;

/**
 * Cuts a query into the tokens that the benchmark's evaluator gets from NLTK's word tokenizer.
 *
 * <p>That tokenizer is made for English: brackets and some punctuation stand alone, an operator does not. {@code a = 1} is three
 * tokens and {@code a=1} is one, which no schema knows; the same query scores differently, here as there. Both kinds of quotes are
 * one kind, and a quoted text is one token whatever is in it.
 */
final class SqlTokenizer {
    private static final String ALONE = "()[]{}<>;@#$%&?!";
    private static final Set<String> FIRST_HALVES = Set.of("!", ">", "<");

    private final String sql;
    private final int lastPeriod;
    private final List<SqlToken> tokens = new ArrayList<>();
    private int wordStart = -1;
    /** End of the quoted text with which the word starts, or -1. */
    private int quoteEnd = -1;

    private SqlTokenizer(String sql) {
        this.sql = sql.replace('\'', '"');
        this.lastPeriod = lastPeriod(this.sql);
    }

    /** @throws InputException if a quote is not closed */
    static List<SqlToken> tokens(String sql) {
        SqlTokenizer tokenizer = new SqlTokenizer(sql);
        int at = 0;
        while (at < sql.length()) {
            at = tokenizer.step(at);
        }
        tokenizer.endWord(sql.length());
        return List.copyOf(tokenizer.tokens);
    }

    private int step(int at) {
        char c = sql.charAt(at);
        if (c == '"') {
            return quotedText(at);
        }
        if (PythonWhitespace.is(c)) {
            endWord(at);
        } else if (standsAlone(at)) {
            endWord(at);
            add(new SqlToken(String.valueOf(c), at, false));
        } else if (wordStart < 0) {
            wordStart = at;
        }
        return at + 1;
    }

    private int quotedText(int start) {
        int close = sql.indexOf('"', start + 1);
        if (close < 0) {
            throw new InputException("at character " + (start + 1) + ": the quote is not closed");
        }
        if (wordStart < 0) {
            wordStart = start;
            quoteEnd = close + 1;
        }
        return close + 1;
    }

    /** A comma or colon belongs to a number when a digit follows, and only the full stop of a whole query is one. */
    private boolean standsAlone(int at) {
        char c = sql.charAt(at);
        if (c == ',' || c == ':') {
            return at + 1 == sql.length() || !Character.isDigit(sql.charAt(at + 1));
        }
        return ALONE.indexOf(c) >= 0 || at == lastPeriod;
    }

    private void endWord(int end) {
        if (wordStart >= 0) {
            boolean quoted = quoteEnd == end;
            String text = sql.substring(wordStart, end);
            add(new SqlToken(quoted ? text : text.toLowerCase(Locale.ROOT), wordStart, quoted));
        }
        wordStart = -1;
        quoteEnd = -1;
    }

    /** {@code >} and {@code =} are one operator also with a blank between them. */
    private void add(SqlToken token) {
        int last = tokens.size() - 1;
        if (token.is("=") && last >= 0 && FIRST_HALVES.contains(tokens.get(last).text())) {
            SqlToken first = tokens.get(last);
            tokens.set(last, new SqlToken(first.text() + "=", first.offset(), false));
        } else {
            tokens.add(token);
        }
    }

    /** Index of a period with nothing but closing brackets and blanks behind it, or -1. */
    private static int lastPeriod(String sql) {
        int at = PythonWhitespace.strippedLength(sql) - 1;
        while (at >= 0 && (")]}> ".indexOf(sql.charAt(at)) >= 0)) {
            at--;
        }
        boolean ends = at > 0 && sql.charAt(at) == '.' && sql.charAt(at - 1) != '.';
        return ends ? at : -1;
    }
}
