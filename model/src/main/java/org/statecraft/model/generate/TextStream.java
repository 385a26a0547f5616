package org.statecraft.model.generate;

import java.util.Arrays;
import java.util.List;
import org.statecraft.model.Tokenizer;

/**
 * Turns tokens into text as early as it is certain: whole characters only, and nothing that a stop text may still swallow.
 * Given out piece by piece, the text is that of all tokens decoded at once, cut before the first stop text.
 *
 * <p>One token may hold part of a character. While a character is incomplete the decoder writes U+FFFD at the end, so a
 * trailing run of these is held back. Decoding all tokens again for each new one would take quadratic time; instead a window is
 * decoded that begins two whole-character boundaries ago, because some decoders treat the first token of a text differently.
 */
final class TextStream {
    private static final char INCOMPLETE = '\uFFFD';

    private final Tokenizer tokenizer;
    private final List<String> stop;
    private final StringBuilder given = new StringBuilder();

    private int[] tokens = new int[16];
    private int count;

    /** Index of the first token of the window. */
    private int window;

    /** Tokens up to the last place where no character was incomplete. */
    private int boundary;

    /** Characters of the window's text that have left the decoder. */
    private int taken;

    /** Has left the decoder, but may be the begin of a stop text. */
    private String held = "";

    private boolean stopped;

    TextStream(Tokenizer tokenizer, List<String> stop) {
        this.tokenizer = tokenizer;
        this.stop = stop;
    }

    /** Takes a token; returns the text that is certain now, which may be empty. */
    String add(int token) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        tokens[count++] = token;
        String text = decoded();
        int whole = text.length();
        while (whole > taken && text.charAt(whole - 1) == INCOMPLETE) {
            whole--;
        }
        String fresh = text.substring(Math.min(taken, whole), whole);
        if (whole == text.length()) {
            window = boundary;
            boundary = count;
            taken = decoded().length();
        } else {
            taken = Math.max(taken, whole);
        }
        return release(held + fresh);
    }

    /** Whether a stop text has come; the text is complete then. */
    boolean stopped() {
        return stopped;
    }

    /** After the last token: gives out what was held back. */
    String end() {
        String rest = "";
        if (!stopped) {
            String text = decoded();
            rest = held + text.substring(Math.min(taken, text.length()));
            given.append(rest);
        }
        return rest;
    }

    /** All that was given out. */
    String text() {
        return given.toString();
    }

    /** All tokens, those of a stop text included. */
    int[] tokens() {
        return Arrays.copyOf(tokens, count);
    }

    private String decoded() {
        return tokenizer.decode(Arrays.copyOfRange(tokens, window, count));
    }

    /** Gives out a text up to the first stop text in it, or up to what may be the begin of one. */
    private String release(String text) {
        int end = text.length();
        for (String one : stop) {
            int at = text.indexOf(one);
            if (at >= 0) {
                stopped = true;
                end = Math.min(end, at);
            }
        }
        if (!stopped) {
            end = text.length()
                    - stop.stream().mapToInt(one -> begun(text, one)).max().orElse(0);
        }
        held = text.substring(end);
        given.append(text, 0, end);
        return text.substring(0, end);
    }

    /** Length of the longest end of a text with which a stop text begins. */
    private static int begun(String text, String stop) {
        int length = Math.min(text.length(), stop.length() - 1);
        while (!text.endsWith(stop.substring(0, length))) {
            length--;
        }
        return length;
    }
}
