package org.statecraft.eval.probes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A finite group by its elements, each a permutation in one-line form; element 0 is the identity, and {@code a*b} applies a first:
 * {@code (a*b)[x] = b[a[x]]}.
 *
 * <p>Symmetric and alternating groups list their permutations in lexicographic order. A cyclic group is the rotations, so that element i is
 * i and the product is addition. In a direct product the element {@code (g, h)} is number {@code g * |H| + h} and permutes the points of
 * both, those of H behind those of G.
 *
 * @param table {@code table[a][b]} is the number of a*b
 */
record Group(String name, List<int[]> elements, int[][] table) {

    static Group symmetric(String name, int points) {
        return of(name, permutations(points, permutation -> true));
    }

    static Group alternating(String name, int points) {
        return of(name, permutations(points, Group::even));
    }

    static Group cyclic(String name, int size) {
        List<int[]> rotations = new ArrayList<>();
        for (int shift = 0; shift < size; shift++) {
            int[] rotation = new int[size];
            for (int x = 0; x < size; x++) {
                rotation[x] = (x + shift) % size;
            }
            rotations.add(rotation);
        }
        return of(name, rotations);
    }

    Group times(String product, Group other) {
        List<int[]> pairs = new ArrayList<>();
        int points = elements.get(0).length;
        for (int[] first : elements) {
            for (int[] second : other.elements) {
                int[] both = Arrays.copyOf(first, points + second.length);
                for (int x = 0; x < second.length; x++) {
                    both[points + x] = points + second[x];
                }
                pairs.add(both);
            }
        }
        return of(product, pairs);
    }

    private static Group of(String name, List<int[]> elements) {
        int[][] table = new int[elements.size()][elements.size()];
        for (int a = 0; a < table.length; a++) {
            for (int b = 0; b < table.length; b++) {
                table[a][b] = number(elements, composed(elements.get(a), elements.get(b)));
            }
        }
        return new Group(name, elements, table);
    }

    /** The number of a permutation. */
    int number(int[] permutation) {
        return number(elements, permutation);
    }

    private static int number(List<int[]> elements, int[] permutation) {
        for (int i = 0; i < elements.size(); i++) {
            if (Arrays.equals(elements.get(i), permutation)) {
                return i;
            }
        }
        throw new IllegalArgumentException(Arrays.toString(permutation) + " is no element");
    }

    /** The permutation that applies {@code first} and then {@code second}. */
    static int[] composed(int[] first, int[] second) {
        return Arrays.stream(first).map(x -> second[x]).toArray();
    }

    int size() {
        return table.length;
    }

    private static List<int[]> permutations(int points, Predicate<int[]> wanted) {
        List<int[]> all = new ArrayList<>();
        extend(new int[points], 0, new boolean[points], all);
        return all.stream().filter(wanted).toList();
    }

    private static void extend(int[] start, int filled, boolean[] used, List<int[]> all) {
        if (filled == start.length) {
            all.add(start.clone());
            return;
        }
        for (int x = 0; x < start.length; x++) {
            if (!used[x]) {
                used[x] = true;
                start[filled] = x;
                extend(start, filled + 1, used, all);
                used[x] = false;
            }
        }
    }

    private static boolean even(int[] permutation) {
        int inversions = 0;
        for (int i = 0; i < permutation.length; i++) {
            for (int j = 0; j < i; j++) {
                inversions += permutation[j] > permutation[i] ? 1 : 0;
            }
        }
        return inversions % 2 == 0;
    }
}
