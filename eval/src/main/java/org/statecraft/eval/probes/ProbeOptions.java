package org.statecraft.eval.probes;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.NearestNames;

/** The options of one probe as they are read; what is left over at the end is unknown. */
final class ProbeOptions {
    private final String probe;
    private final Map<String, String> left;
    private final Collection<String> known = new TreeSet<>();

    ProbeOptions(String probe, Map<String, String> options) {
        this.probe = probe;
        this.left = new HashMap<>(options);
    }

    int number(String name, int otherwise, int least, int most) {
        String written = take(name);
        if (written == null) {
            return otherwise;
        }
        try {
            int number = Integer.parseInt(written);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, like a number out of range
        }
        throw wrong(name, written, "a whole number from " + least + " to " + most);
    }

    /** Whole numbers of at least 1, separated by commas. */
    List<Integer> numbers(String name, List<Integer> otherwise) {
        String written = take(name);
        if (written == null) {
            return otherwise;
        }
        try {
            List<Integer> numbers = Stream.of(written.split(",", -1))
                    .map(number -> Integer.valueOf(number.strip()))
                    .toList();
            if (numbers.stream().allMatch(number -> number > 0)) {
                return numbers;
            }
        } catch (NumberFormatException e) {
            // said below, like a number out of range
        }
        throw wrong(name, written, "whole numbers of at least 1, separated by commas");
    }

    double share(String name, double otherwise) {
        String written = take(name);
        if (written == null) {
            return otherwise;
        }
        try {
            double share = Double.parseDouble(written);
            if (share > 0 && share < 1) {
                return share;
            }
        } catch (NumberFormatException e) {
            // said below, like a number out of range
        }
        throw wrong(name, written, "a number between 0 and 1");
    }

    String choice(String name, List<String> choices) {
        String written = take(name);
        if (written == null) {
            return choices.get(0);
        }
        if (!choices.contains(written)) {
            throw wrong(name, written, "one of " + String.join(", ", choices));
        }
        return written;
    }

    /** Fails when an option is left that nobody asked for. */
    void done() {
        for (String name : new TreeSet<>(left.keySet())) {
            List<String> nearest = NearestNames.to(name, known);
            String hint = nearest.isEmpty() ? "" : "; did you mean '" + nearest.get(0) + "'?";
            throw new InputException("probe " + probe + " has no option '" + name + "'; "
                    + (known.isEmpty() ? "it has none" : "it has " + String.join(", ", known)) + hint);
        }
    }

    private String take(String name) {
        known.add(name);
        return left.remove(name);
    }

    private InputException wrong(String name, String written, String expected) {
        return new InputException(
                "option '" + name + "' of probe " + probe + " is '" + written + "'; expected " + expected);
    }
}
