package org.statecraft.model;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Suggestions for a name that does not exist, by edit distance (Levenshtein). */
public final class NearestNames {
    private static final int SUGGESTIONS = 3;

    private record Candidate(String name, int distance) {}

    private NearestNames() {}

    /** The up to three {@code names} nearest to {@code wanted}, nearest first; none that differs in more than a third. */
    public static List<String> to(String wanted, Collection<String> names) {
        int limit = Math.max(2, wanted.length() / 3);
        return names.stream()
                .filter(name -> Math.abs(name.length() - wanted.length()) <= limit)
                .map(name -> new Candidate(name, distance(wanted, name)))
                .filter(candidate -> candidate.distance() <= limit)
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(SUGGESTIONS)
                .map(Candidate::name)
                .toList();
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
