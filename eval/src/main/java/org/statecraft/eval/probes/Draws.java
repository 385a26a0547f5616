package org.statecraft.eval.probes;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.statecraft.eval.python.PythonRandom;

/** Draws that several probes need. */
final class Draws {
    private Draws() {}

    /** {@code count} different numbers from {@code low} to {@code high}, in random order: the start of a shuffle. */
    static int[] distinct(PythonRandom random, int low, int high, int count) {
        int size = high - low + 1;
        Map<Integer, Integer> moved = new HashMap<>();
        int[] drawn = new int[count];
        for (int i = 0; i < count; i++) {
            int j = i + random.below(size - i);
            drawn[i] = low + moved.getOrDefault(j, j);
            moved.put(j, moved.getOrDefault(i, i));
        }
        return drawn;
    }

    static int between(PythonRandom random, ProbeSlice.Range range) {
        return range.low() + random.below(range.high() - range.low() + 1);
    }

    /** The numbers from {@code low} up to and not including {@code end}. */
    static int[] range(int low, int end) {
        return IntStream.range(low, end).toArray();
    }
}
