package org.statecraft.eval.data;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.statecraft.model.InputException;
import org.statecraft.model.NearestNames;

/** What stands under {@code dataset_kwargs} for a loader, asked for with what it must be. */
final class Options {
    /** Keys that say where the data is or whether the hub's own code may run, which concern no loader. */
    private static final Set<String> OF_NO_LOADER = Set.of("data_files", "trust_remote_code");

    private final String loader;
    private final Map<String, Object> values;

    private Options(String loader, Map<String, Object> values) {
        this.loader = loader;
        this.values = values;
    }

    static Options of(String loader, Map<String, Object> values, Set<String> known) {
        for (String key : values.keySet()) {
            if (!known.contains(key) && !OF_NO_LOADER.contains(key)) {
                List<String> nearest = NearestNames.to(key, known);
                throw new InputException("dataset_kwargs: the loader '" + loader + "' has no option '" + key + "'"
                        + (known.isEmpty() ? ", it takes none" : "; it has " + String.join(", ", new TreeSet<>(known)))
                        + (nearest.isEmpty() ? "" : "; did you mean '" + nearest.get(0) + "'?"));
            }
        }
        return new Options(loader, values);
    }

    boolean has(String key) {
        return values.get(key) != null;
    }

    /** The text under {@code key}, one of {@code expected}; the first of them where there is none. */
    String oneOf(String key, String... expected) {
        Object value = values.get(key);
        if (value == null) {
            return expected[0];
        }
        return Stream.of(expected)
                .filter(value::equals)
                .findFirst()
                .orElseThrow(() -> refused(
                        key,
                        value,
                        String.join(
                                " or ", Stream.of(expected).map(Options::shown).toList())));
    }

    /** As pandas has it: 3 turns quoting off, 0 is its default. */
    boolean quotingOff() {
        Object value = values.getOrDefault("quoting", 0);
        if (value instanceof Number number && (number.intValue() == 0 || number.intValue() == 3)) {
            return number.intValue() == 3;
        }
        throw refused("quoting", value, "0 (quotes as CSV has them) or 3 (a quote is a character like any other)");
    }

    /** The list of texts under {@code key}; empty where there is none. */
    List<String> texts(String key) {
        Object value = values.get(key);
        if (value == null) {
            return List.of();
        }
        if (value instanceof List<?> list && list.stream().allMatch(String.class::isInstance)) {
            return list.stream().map(String.class::cast).toList();
        }
        throw refused(key, value, "a list of texts");
    }

    private InputException refused(String key, Object value, String expected) {
        return new InputException("dataset_kwargs." + key + ": found "
                + (value instanceof String text ? shown(text) : value) + ", expected " + expected + " for the loader '"
                + loader + "'");
    }

    private static String shown(String text) {
        return "\"" + text.replace("\t", "\\t") + "\"";
    }
}
