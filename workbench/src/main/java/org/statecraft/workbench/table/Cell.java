package org.statecraft.workbench.table;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What stands at one place of a table: a form for people and its values for programs. */
public sealed interface Cell {
    /** A value that should be there and is not. */
    Cell MISSING = new Blank("-");

    /** A place where nothing is meant to stand. */
    Cell EMPTY = new Blank("");

    String shown();

    /** Text, numbers or null, as many as the cell has parts. */
    List<Object> values();

    /** The cell of a value that may be null. */
    static Cell ofCount(Long value) {
        return value == null ? MISSING : new Count(value);
    }

    /** The cell of a number of bytes that may be null. */
    static Cell ofBytes(Long value) {
        return value == null ? MISSING : new Bytes(value);
    }

    /** The cell of a text that may be null. */
    static Cell ofText(String text) {
        return text == null ? MISSING : new Text(text);
    }

    /** The cell of a score whose value and error may be null. */
    static Cell ofScore(Double value, Double stderr) {
        return value == null ? MISSING : new Score(value, stderr);
    }

    record Blank(String shown) implements Cell {
        @Override
        public List<Object> values() {
            return Collections.singletonList(null);
        }
    }

    record Text(String text) implements Cell {
        @Override
        public String shown() {
            return text;
        }

        @Override
        public List<Object> values() {
            return List.of(text);
        }
    }

    record Count(long value) implements Cell {
        @Override
        public String shown() {
            return Formats.count(value);
        }

        @Override
        public List<Object> values() {
            return List.of(value);
        }
    }

    /** A part of a whole, 1 being all of it. */
    record Share(double value) implements Cell {
        @Override
        public String shown() {
            return String.format(Locale.ROOT, "%.2f %%", 100 * value);
        }

        @Override
        public List<Object> values() {
            return List.of(value);
        }
    }

    /** How many times another value. */
    record Ratio(double value) implements Cell {
        @Override
        public String shown() {
            return String.format(Locale.ROOT, "%.2f", value);
        }

        @Override
        public List<Object> values() {
            return List.of(value);
        }
    }

    record Bytes(long value) implements Cell {
        @Override
        public String shown() {
            return Formats.bytes(value);
        }

        @Override
        public List<Object> values() {
            return List.of(value);
        }
    }

    record Seconds(double value) implements Cell {
        @Override
        public String shown() {
            return Formats.seconds(value);
        }

        @Override
        public List<Object> values() {
            return List.of(value);
        }
    }

    /**
     * A score and its standard error.
     *
     * @param stderr null where the metric has none
     */
    record Score(double value, Double stderr) implements Cell {
        @Override
        public String shown() {
            return Formats.number(value) + (stderr == null ? "" : " ± " + Formats.numberLike(stderr, value));
        }

        @Override
        public List<Object> values() {
            return Arrays.asList(value, stderr);
        }
    }

    /** The name of a metric; for people an arrow points to where better scores lie. */
    record Metric(String name, boolean higherIsBetter) implements Cell {
        @Override
        public String shown() {
            return name + (higherIsBetter ? " ↑" : " ↓");
        }

        @Override
        public List<Object> values() {
            return List.of(name);
        }
    }

    /**
     * A difference, marked with a star where its 95 % interval excludes 0.
     *
     * @param stderr of the difference; null, like the interval, where none is known
     * @param low start of the interval
     * @param high end of the interval
     */
    record Change(double value, Double stderr, Double low, Double high) implements Cell {
        public Change(double value) {
            this(value, null, null, null);
        }

        /** Whether the interval is known and excludes 0. */
        public boolean significant() {
            return low != null && high != null && (low > 0 || high < 0);
        }

        @Override
        public String shown() {
            return Formats.signed(value)
                    + (stderr == null ? "" : " ± " + Formats.numberLike(stderr, value))
                    + (significant() ? "*" : "");
        }

        @Override
        public List<Object> values() {
            return Arrays.asList(value, stderr, low, high);
        }
    }
}
