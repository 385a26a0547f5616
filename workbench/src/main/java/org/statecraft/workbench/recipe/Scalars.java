package org.statecraft.workbench.recipe;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.statecraft.workbench.recipe.Schema.AsSpelled;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Matches;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * Reads numbers, truth values, texts and enum constants, and says what was expected.
 *
 * <p>Numbers are told by their spelling, not by the schema of YAML, whose versions differ on {@code 1e-5}: a plain
 * decimal number is a number, with or without an exponent. Quotes make a text of it.
 */
final class Scalars {
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern NUMBER = Pattern.compile("[-+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][-+]?[0-9]+)?");
    private static final Map<Class<?>, Class<?>> PRIMITIVES = Map.of(
            Integer.class, int.class, Long.class, long.class, Double.class, double.class, Boolean.class, boolean.class);

    private Scalars() {}

    /** The value, or null when it was reported. */
    static Object read(RecordComponent component, Class<?> declared, Node node, String path, Findings findings) {
        Class<?> type = PRIMITIVES.getOrDefault(declared, declared);
        String expected = expected(component, type);
        if (!(node instanceof ScalarNode scalar) || Yaml.isNull(node)) {
            return wrong(node, path, expected, null, findings);
        }
        String text = scalar.getValue();
        if (type.isEnum()) {
            Object constant = constant(type, text);
            return constant != null
                    ? constant
                    : wrong(node, path, expected, Names.nearest(text, names(type)), findings);
        }
        if (type == String.class) {
            return text(component, scalar, path, expected, findings);
        }
        if (type == boolean.class) {
            boolean known = scalar.isPlain() && (text.equals("true") || text.equals("false"));
            return known ? Boolean.valueOf(text) : wrong(node, path, expected, null, findings);
        }
        Pattern spelling = type == double.class ? NUMBER : WHOLE;
        if (!scalar.isPlain() || !spelling.matcher(text).matches()) {
            boolean quoted = !scalar.isPlain() && spelling.matcher(text).matches();
            return wrong(node, path, quoted ? expected + ", without quotes" : expected, null, findings);
        }
        double number = Double.parseDouble(text);
        if (!inRange(component, number)) {
            return wrong(node, path, expected, null, findings);
        }
        double largest = type == int.class ? Integer.MAX_VALUE : type == long.class ? 1L << 53 : Double.MAX_VALUE;
        if (number > largest) {
            return wrong(node, path, noun(type) + ", at most " + plain(largest), null, findings);
        }
        return parse(type, text);
    }

    private static Object text(
            RecordComponent component, ScalarNode scalar, String path, String expected, Findings findings) {
        boolean number = NUMBER.matcher(scalar.getValue()).matches();
        if (number && component.isAnnotationPresent(AsSpelled.class)) {
            return scalar.getValue();
        }
        boolean other = number || !scalar.getTag().equals(Tag.STR);
        if (scalar.isPlain() && other) {
            return wrong(scalar, path, expected + " (in quotes, if this is meant)", null, findings);
        }
        Matches matches = component.getAnnotation(Matches.class);
        if (matches != null && !scalar.getValue().matches(matches.value())) {
            return wrong(scalar, path, expected, null, findings);
        }
        return scalar.getValue();
    }

    private static Object wrong(Node node, String path, String expected, String nearest, Findings findings) {
        findings.report(node, path, "found " + Yaml.describe(node), expected, nearest);
        return null;
    }

    /** A default as written in {@link Default}. */
    static Object parseDefault(Class<?> type, String text) {
        if (text.equals(Default.PROCESSORS)) {
            return Runtime.getRuntime().availableProcessors();
        }
        if (type == String.class) {
            return text;
        }
        return type.isEnum() ? constant(type, text) : parse(type, text);
    }

    /** A default of a list, as {@code [512, 1024]}. */
    static List<Object> parseDefaults(Class<?> elements, String list) {
        Class<?> type = PRIMITIVES.getOrDefault(elements, elements);
        String inner = list.substring(1, list.length() - 1);
        return inner.isEmpty()
                ? List.of()
                : Arrays.stream(inner.split(", ", -1))
                        .map(text -> parseDefault(type, text))
                        .toList();
    }

    private static Object parse(Class<?> type, String text) {
        if (type == int.class) {
            return Integer.valueOf(text);
        }
        if (type == long.class) {
            return Long.valueOf(text);
        }
        if (type == boolean.class) {
            return Boolean.valueOf(text);
        }
        return Double.valueOf(text);
    }

    private static Object constant(Class<?> type, String name) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> Names.of((Enum<?>) constant).equals(name))
                .findFirst()
                .orElse(null);
    }

    private static List<String> names(Class<?> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> Names.of((Enum<?>) constant))
                .toList();
    }

    private static boolean inRange(RecordComponent component, double number) {
        Range range = component.getAnnotation(Range.class);
        if (range == null) {
            return Double.isFinite(number);
        }
        boolean low = range.above() ? number <= range.min() : number < range.min();
        boolean high = range.below() ? number >= range.max() : number > range.max();
        return Double.isFinite(number) && !low && !high;
    }

    private static String noun(Class<?> type) {
        return type == double.class ? "a number" : "a whole number";
    }

    /** What a component expects, in words. */
    static String expected(RecordComponent component, Class<?> declared) {
        Class<?> type = PRIMITIVES.getOrDefault(declared, declared);
        Matches matches = component.getAnnotation(Matches.class);
        if (matches != null) {
            return matches.says();
        }
        if (type.isEnum()) {
            return Names.orList(names(type));
        }
        if (type == String.class) {
            return "a text";
        }
        if (type == List.class) {
            return "a list";
        }
        if (type == boolean.class) {
            return "true or false";
        }
        if (!type.isPrimitive()) {
            return "a mapping";
        }
        Range range = component.getAnnotation(Range.class);
        return range == null ? noun(type) : noun(type) + bounds(range);
    }

    private static String bounds(Range range) {
        boolean upper = range.max() < Double.POSITIVE_INFINITY;
        boolean lower = range.min() > Double.NEGATIVE_INFINITY;
        if (upper && lower && !range.above() && !range.below()) {
            return " from " + plain(range.min()) + " to " + plain(range.max());
        }
        List<String> bounds = new ArrayList<>();
        if (lower) {
            bounds.add((range.above() ? "above " : "at least ") + plain(range.min()));
        }
        if (upper) {
            bounds.add((range.below() ? "below " : "at most ") + plain(range.max()));
        }
        return ", " + String.join(" and ", bounds);
    }

    private static String plain(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
