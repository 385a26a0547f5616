package org.statecraft.eval.tasks;

import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.MethodNotFoundException;
import org.statecraft.eval.python.PythonWhitespace;

/** Texts in templates behave as in Python: its methods and positions, and none of Java's. */
final class TextMethods extends ELResolver {

    @Override
    public Object invoke(ELContext context, Object base, Object method, Class<?>[] types, Object[] arguments) {
        if (!(base instanceof String text)) {
            return null;
        }
        context.setPropertyResolved(true);
        List<Object> given = arguments == null ? List.of() : Arrays.asList(arguments);
        return switch (String.valueOf(method)) {
            case "split" -> split(text, given);
            case "splitlines" -> text.lines().toList();
            case "strip" -> PythonWhitespace.stripped(text);
            case "rstrip" -> text.substring(0, PythonWhitespace.strippedLength(text));
            case "lstrip" -> PythonWhitespace.leftStripped(text);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "capitalize" -> capitalized(text);
            case "replace" -> text.replace(argument(given, 0), argument(given, 1));
            case "startswith" -> text.startsWith(argument(given, 0));
            case "endswith" -> text.endsWith(argument(given, 0));
            case "find" -> position(text, argument(given, 0));
            case "count" -> (long) split(text, argument(given, 0)).size() - 1;
            case "join" -> joined(text, given);
            default ->
                throw new MethodNotFoundException("a text has no method '" + method
                        + "' here; there are split, splitlines, strip, lstrip, rstrip, lower, upper, capitalize, replace, "
                        + "startswith, endswith, find, count and join");
        };
    }

    /** Text with its first character in upper and all others in lower case. */
    static String capitalized(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int first = text.offsetByCodePoints(0, 1);
        return text.substring(0, first).toUpperCase(Locale.ROOT)
                + text.substring(first).toLowerCase(Locale.ROOT);
    }

    private static String argument(List<Object> given, int position) {
        if (given.size() <= position || given.get(position) == null) {
            throw new MethodNotFoundException("a method of a text misses its argument " + (position + 1));
        }
        return String.valueOf(given.get(position));
    }

    private static List<String> split(String text, List<Object> given) {
        return given.isEmpty() || given.get(0) == null
                ? PythonWhitespace.split(text)
                : split(text, String.valueOf(given.get(0)));
    }

    private static List<String> split(String text, String separator) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && !separator.isEmpty(); at = text.indexOf(separator, from)) {
            pieces.add(text.substring(from, at));
            from = at + separator.length();
        }
        pieces.add(text.substring(from));
        return pieces;
    }

    private static long position(String text, String part) {
        int at = text.indexOf(part);
        return at < 0 ? -1 : text.codePointCount(0, at);
    }

    private static String joined(String separator, List<Object> given) {
        if (given.size() != 1 || !(given.get(0) instanceof Iterable<?> parts)) {
            throw new MethodNotFoundException("join takes one list");
        }
        List<String> texts = new ArrayList<>();
        parts.forEach(part -> texts.add(String.valueOf(part)));
        return String.join(separator, texts);
    }

    /** A character by its place, from the end where that is negative. */
    @Override
    public Object getValue(ELContext context, Object base, Object property) {
        if (!(base instanceof String text) || !String.valueOf(property).matches("-?\\d{1,9}")) {
            return null;
        }
        context.setPropertyResolved(true);
        int[] characters = text.codePoints().toArray();
        int place = Integer.parseInt(String.valueOf(property));
        int at = place < 0 ? characters.length + place : place;
        return at < 0 || at >= characters.length ? null : Character.toString(characters[at]);
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
        return null;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        // nothing can be set
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        return true;
    }

    @Override
    public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
        return null;
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return base instanceof String ? Object.class : null;
    }
}
