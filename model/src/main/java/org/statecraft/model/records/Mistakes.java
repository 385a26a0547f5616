package org.statecraft.model.records;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.statecraft.model.InputException;

/**
 * Records that cannot be used, by what is wrong with them: one message for each kind, with the number and the first places.
 *
 * <p>A mistake of the file as a whole, such as an unclosed quote, is not collected: nothing after it can be trusted, so it is an
 * {@link InputException} at once.
 */
public final class Mistakes {
    private static final int PLACES = 3;

    private final Map<Kind, List<String>> first = new EnumMap<>(Kind.class);
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final Set<String> places = new HashSet<>();

    /** What can be wrong with a record, in the order of the report. */
    public enum Kind {
        MALFORMED("malformed"),
        WRONG_COLUMNS("wrong number of columns"),
        MISSING_FIELD("missing field"),
        MIXED_TYPES("mixed types"),
        EMPTY_PROMPT("empty prompt"),
        EMPTY_ANSWER("empty answer"),
        UNKNOWN_LABEL("label not in the set"),
        TOO_LONG("longer than the limit");

        private final String title;

        Kind(String title) {
            this.title = title;
        }
    }

    /**
     * Adds one.
     *
     * @param found what is wrong, to be read after the place: {@code has no 'label'}
     */
    public void add(Kind kind, DataRecord record, String found) {
        add(kind, record.file(), record.line(), found);
    }

    void add(Kind kind, String file, int line, String found) {
        String place = file + ":" + line;
        places.add(place);
        counts.merge(kind, 1, Integer::sum);
        List<String> shown = first.computeIfAbsent(kind, k -> new ArrayList<>());
        if (shown.size() < PLACES) {
            shown.add(place + " " + found);
        }
    }

    public boolean isEmpty() {
        return counts.isEmpty();
    }

    public int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** One message for each kind: {@code missing field, 2 records: a.jsonl:4 has no 'label'; a.jsonl:9 has no 'label'}. */
    public List<String> messages() {
        return first.entrySet().stream()
                .map(kind -> message(kind.getKey(), kind.getValue()))
                .toList();
    }

    private String message(Kind kind, List<String> shown) {
        int count = count(kind);
        String more = count > shown.size() ? "; and " + (count - shown.size()) + " more" : "";
        return kind.title + ", " + (count == 1 ? "1 record: " : count + " records: ") + String.join("; ", shown) + more;
    }

    /** Fails when there is a mistake. The message holds all kinds and what to do. */
    public void throwIfAny() {
        if (!isEmpty()) {
            throw new InputException(
                    messages().stream().collect(Collectors.joining("\n  ", summary() + ":\n  ", "\nCorrect the data, "))
                            + "or leave these records out with the key problems: skip");
        }
    }

    /** {@code 7 records cannot be used}. */
    public String summary() {
        return (places.size() == 1 ? "1 record" : places.size() + " records") + " cannot be used";
    }
}
