package org.statecraft.eval.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.statecraft.eval.python.PythonWhitespace;

/** Cuts a text into words in the ways that the translation metrics do. */
final class Words {
    private static final Pattern ASCII_SYMBOL = Pattern.compile("[{-~\\[-` -&(-+:-@/]");
    private static final Pattern POINT_AFTER_NON_DIGIT = Pattern.compile("([^0-9])([.,])");
    private static final Pattern POINT_BEFORE_NON_DIGIT = Pattern.compile("([.,])([^0-9])");
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

    private Words() {}

    /** The pieces between runs of whitespace, as Python's {@code str.split()} gives them. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        int start = -1;
        for (int i = 0; i <= text.length(); i++) {
            boolean inside = i < text.length() && !PythonWhitespace.is(text.charAt(i));
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                words.add(text.substring(start, i));
                start = -1;
            }
        }
        return words;
    }

    /** Whitespace at the end removed, as Python's {@code str.rstrip()} does. */
    static String stripEnd(String text) {
        return text.substring(0, PythonWhitespace.strippedLength(text));
    }

    /**
     * The tokenization of mteval-v13a: ASCII symbols stand alone, points and commas too unless between digits, and a dash after a digit.
     *
     * <p>The rules run one after the other over the whole line, each from left to right; that a later one sees the blanks of an earlier one
     * is part of the definition.
     */
    static List<String> split13a(String text) {
        String line = text.replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
        if (line.indexOf('&') >= 0) {
            line = line.replace("&quot;", "\"")
                    .replace("&amp;", "&")
                    .replace("&lt;", "<")
                    .replace("&gt;", ">");
        }
        line = ASCII_SYMBOL.matcher(' ' + line + ' ').replaceAll(" $0 ");
        line = POINT_AFTER_NON_DIGIT.matcher(line).replaceAll("$1 $2 ");
        line = POINT_BEFORE_NON_DIGIT.matcher(line).replaceAll(" $1 $2");
        line = DASH_AFTER_DIGIT.matcher(line).replaceAll("$1 $2 ");
        return split(line);
    }
}
