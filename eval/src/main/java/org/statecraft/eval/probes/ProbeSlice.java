package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;

/**
 * A difficulty: named numbers such as the length, or ranges of them. Written {@code T=64 k=4} or {@code T=51-100}, which is its stable
 * name in results.
 *
 * @param numbers in the order of the name
 */
public record ProbeSlice(Map<String, Range> numbers) {
    private static final Pattern PART = Pattern.compile("(\\w+)=(\\d{1,9})(?:-(\\d{1,9}))?");

    /** All whole numbers from {@code low} to {@code high}. */
    public record Range(int low, int high) {
        public Range {
            if (low < 0 || high < low) {
                throw new IllegalArgumentException("no numbers between " + low + " and " + high);
            }
        }

        @Override
        public String toString() {
            return low == high ? Integer.toString(low) : low + "-" + high;
        }
    }

    public ProbeSlice {
        numbers = Collections.unmodifiableMap(new LinkedHashMap<>(numbers));
    }

    /** The slice of one number. */
    static ProbeSlice of(String name, int value) {
        return new ProbeSlice(Map.of(name, new Range(value, value)));
    }

    /** The slice of two numbers. */
    static ProbeSlice of(String first, int value, String second, int other) {
        return of(first, value).and(second, other, other);
    }

    /** The slice of all lengths {@code T} in a range. */
    static ProbeSlice lengths(int low, int high) {
        return new ProbeSlice(Map.of("T", new Range(low, high)));
    }

    ProbeSlice and(String name, int low, int high) {
        Map<String, Range> all = new LinkedHashMap<>(numbers);
        all.put(name, new Range(low, high));
        return new ProbeSlice(all);
    }

    /**
     * Reads what {@link #label} writes.
     *
     * @throws InputException when it is not written so
     */
    public static ProbeSlice parse(String label) {
        Map<String, Range> numbers = new LinkedHashMap<>();
        for (String part : label.strip().split("\\s+", -1)) {
            Matcher read = PART.matcher(part);
            int low = read.matches() ? Integer.parseInt(read.group(2)) : -1;
            int high = low < 0 || read.group(3) == null ? low : Integer.parseInt(read.group(3));
            if (low < 0 || high < low || numbers.put(read.group(1), new Range(low, high)) != null) {
                throw new InputException(
                        "'" + label + "' is no slice of a probe: '" + part
                                + "' was found; expected different names with a number or a range, such as T=64 k=4 or T=51-100");
            }
        }
        return new ProbeSlice(numbers);
    }

    /** Reads several slices, separated by commas. */
    static List<ProbeSlice> parseAll(String labels) {
        List<ProbeSlice> slices = new ArrayList<>();
        for (String label : labels.split(",", -1)) {
            slices.add(parse(label));
        }
        return slices;
    }

    public String label() {
        return numbers.entrySet().stream()
                .map(number -> number.getKey() + "=" + number.getValue())
                .collect(Collectors.joining(" "));
    }

    /**
     * The range of a name.
     *
     * @throws InputException when the slice does not have it
     */
    public Range range(String name) {
        Range range = numbers.get(name);
        if (range == null) {
            throw new InputException("the slice '" + label() + "' does not say " + name + "; add " + name + "=NUMBER");
        }
        return range;
    }

    /**
     * The number of a name.
     *
     * @throws InputException when the slice does not have it, or has a range
     */
    public int number(String name) {
        Range range = range(name);
        if (range.low != range.high) {
            throw new InputException(
                    "the slice '" + label() + "' has a range of " + name + "; this probe takes one number");
        }
        return range.low;
    }

    @Override
    public String toString() {
        return label();
    }
}
