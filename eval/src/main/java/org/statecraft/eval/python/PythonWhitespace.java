package org.statecraft.eval.python;

import java.util.ArrayList;
import java.util.List;

/**
 * Whitespace as Python's {@code str.isspace}, {@code str.rstrip} and the {@code \s} of a string pattern know it.
 *
 * <p>{@link Character#isWhitespace} differs: it lacks U+0085, U+00A0, U+2007 and U+202F. All of them lie in the basic plane.
 */
public final class PythonWhitespace {
    private PythonWhitespace() {}

    public static boolean is(char c) {
        return (c >= '\t' && c <= '\r')
                || (c >= 0x1c && c <= 0x20)
                || c == 0x85
                || c == 0xa0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200a)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    /** Length of {@code text} without the whitespace at its end, in {@code char}s. */
    public static int strippedLength(String text) {
        int end = text.length();
        while (end > 0 && is(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    /** {@code str.strip()}. */
    public static String stripped(String text) {
        return leftStripped(text.substring(0, strippedLength(text)));
    }

    /** {@code str.lstrip()}. */
    public static String leftStripped(String text) {
        int start = 0;
        while (start < text.length() && is(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    /** {@code str.split()}: the pieces between runs of whitespace, none of them empty. */
    public static List<String> split(String text) {
        List<String> pieces = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean space = i == text.length() || is(text.charAt(i));
            if (space && start >= 0) {
                pieces.add(text.substring(start, i));
                start = -1;
            } else if (!space && start < 0) {
                start = i;
            }
        }
        return pieces;
    }

    /** Number of pieces of {@code re.split(r"\s+", text)}: whitespace at either end leaves an empty piece, which counts. */
    public static long splitCount(String text) {
        long pieces = 1;
        boolean inRun = false;
        for (int i = 0; i < text.length(); i++) {
            boolean space = is(text.charAt(i));
            if (space && !inRun) {
                pieces++;
            }
            inRun = space;
        }
        return pieces;
    }
}
