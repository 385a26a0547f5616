package org.statecraft.peft;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;

/**
 * Some layers of a model, written as in {@code 0-3,6} (from 0, ends included) or {@code all}.
 *
 * @param text as written
 */
public record LayerRange(String text) {
    public static final LayerRange ALL = new LayerRange("all");

    private static final Pattern PART = Pattern.compile("(\\d{1,4})(?:-(\\d{1,4}))?");

    public LayerRange {
        if (!text.equals("all")) {
            Arrays.stream(text.split(",", -1)).forEach(part -> interval(text, part));
        }
    }

    /** Exactly these layers. */
    public static LayerRange of(List<Integer> layers) {
        return new LayerRange(layers.stream().map(String::valueOf).collect(Collectors.joining(",")));
    }

    /**
     * The layers, ascending.
     *
     * @throws InputException where the model does not have one of them
     */
    public List<Integer> in(int count) {
        if (text.equals("all")) {
            return IntStream.range(0, count).boxed().toList();
        }
        TreeSet<Integer> layers = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            int[] ends = interval(text, part);
            IntStream.rangeClosed(ends[0], ends[1]).forEach(layers::add);
        }
        if (layers.last() >= count) {
            throw new InputException("layers '" + text + "' names layer " + layers.last()
                    + " of a model that has layers 0 to " + (count - 1));
        }
        return List.copyOf(layers);
    }

    private static int[] interval(String text, String part) {
        Matcher matcher = PART.matcher(part.strip());
        if (matcher.matches()) {
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (first <= last) {
                return new int[] {first, last};
            }
        }
        throw new InputException(
                "layers is '" + text + "'; expected 'all' or numbers and ascending ranges, as in 0-3,6");
    }

    @Override
    public String toString() {
        return text;
    }
}
