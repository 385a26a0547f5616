package org.statecraft.eval.python;

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
