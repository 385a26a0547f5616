package org.statecraft.workbench.table;

import java.util.Locale;

/** Numbers as people read them, the same in every table and line. */
public final class Formats {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;

    private Formats() {}

    /** A score: about five significant digits. */
    public static String number(double value) {
        return numberLike(value, value);
    }

    /** A number that goes with another (its error), with as many decimals as that one. */
    public static String numberLike(double value, double leading) {
        double size = Math.abs(leading);
        if (size >= 1e6) {
            return String.format(Locale.ROOT, "%.4g", value);
        }
        return String.format(Locale.ROOT, size < 10 ? "%.4f" : size < 100 ? "%.3f" : "%.2f", value);
    }

    /** A difference, with its sign. */
    public static String signed(double value) {
        return (value < 0 ? "" : "+") + number(value);
    }

    /** {@code 4,529,600}. */
    public static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@code 812 MiB}. */
    public static String bytes(long value) {
        if (value < KIB) {
            return value + " B";
        }
        if (value < MIB) {
            return String.format(Locale.ROOT, "%.0f KiB", value / (double) KIB);
        }
        return value < GIB
                ? String.format(Locale.ROOT, value < 10 * MIB ? "%.1f MiB" : "%.0f MiB", value / (double) MIB)
                : String.format(Locale.ROOT, "%.2f GiB", value / (double) GIB);
    }

    /** {@code 12.3 s}, from two minutes on as a clock: {@code 2:05}. */
    public static String seconds(double seconds) {
        return seconds < 120 ? String.format(Locale.ROOT, "%.1f s", seconds) : clock(seconds);
    }

    /** {@code 1:02} or {@code 1:00:05}. */
    public static String clock(double seconds) {
        long whole = Math.round(seconds);
        return whole < 3600
                ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
    }

    /** {@code 24,576 of 4,529,600 parameters trained (0.54 %)}. */
    public static String trainedShare(long trained, long total) {
        return String.format(
                Locale.ROOT, "%,d of %,d parameters trained (%.2f %%)", trained, total, 100.0 * trained / total);
    }

    /** {@code 1 problem}, {@code 2 problems}. */
    public static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
