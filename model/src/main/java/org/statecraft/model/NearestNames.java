package org.statecraft.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Suggestions for a name that does not exist, by edit distance; upper and lower case count as equal. */
public final class NearestNames {
    private static final int SUGGESTIONS = 3;

    private record Candidate(String name, int distance) {}

    private NearestNames() {}

    /** The up to three {@code names} nearest to {@code wanted}, nearest first; none that differs in more than a third. */
    public static List<String> to(String wanted, Collection<String> names) {
        int limit = Math.max(2, wanted.length() / 3);
        return names.stream()
                .filter(name -> Math.abs(name.length() - wanted.length()) <= limit)
                .map(name ->
                        new Candidate(name, distance(wanted.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))))
                .filter(candidate -> candidate.distance() <= limit)
                .filter(candidate -> candidate.distance() < candidate.name().length())
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(SUGGESTIONS)
                .map(Candidate::name)
                .toList();
    }

    /** Edits (insert, delete, replace, swap of neighbors) that turn one text into the other. */
    private static int distance(String a, String b) {
        int[] beforePrevious = new int[b.length() + 1];
        int[] previous = new int[b.length() + 1];
        int[] current = new int[b.length() + 1];
        Arrays.setAll(previous, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
                }
            }
            int[] spare = beforePrevious;
            beforePrevious = previous;
            previous = current;
            current = spare;
        }
        return previous[b.length()];
    }
}
