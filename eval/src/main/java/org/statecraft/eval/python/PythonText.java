package org.statecraft.eval.python;

import java.util.List;
import java.util.stream.Collectors;

/** Values as Python's {@code str} writes them. */
public final class PythonText {
    private PythonText() {}

    /** {@code str(value)} of a text, number, truth value, null or list of these. */
    public static String of(Object value) {
        return value instanceof String text ? text : quoted(value);
    }

    private static String quoted(Object value) {
        if (value == null) {
            return "None";
        } else if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        } else if (value instanceof Double number) {
            return PythonJson.number(number);
        } else if (value instanceof List<?> list) {
            return list.stream().map(PythonText::quoted).collect(Collectors.joining(", ", "[", "]"));
        } else if (value instanceof String text) {
            return quoted(text);
        }
        return String.valueOf(value);
    }

    /** In double quotes only where the text has a single quote and no double one. */
    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (c == quote) {
                        quoted.append('\\').append(quote);
                    } else if (printable(c)) {
                        quoted.appendCodePoint(c);
                    } else {
                        quoted.append(
                                c < 0x100
                                        ? String.format("\\x%02x", c)
                                        : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c));
                    }
                }
            }
        });
        return quoted.append(quote).toString();
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
