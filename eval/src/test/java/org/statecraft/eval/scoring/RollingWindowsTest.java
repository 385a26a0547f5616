package org.statecraft.eval.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RollingWindowsTest {
    private static final int LENGTH = 7;
    private static final int PREFIX = -1;

    @ParameterizedTest
    @ValueSource(ints = {1, LENGTH - 1, LENGTH, LENGTH + 1, 2 * LENGTH, 2 * LENGTH + 1, 5 * LENGTH + 3})
    void eachTokenIsScoredOnceAfterTheTokensBeforeIt(int n) {
        int[] tokens = IntStream.range(0, n).toArray();
        List<TokenRequest> windows = RollingWindows.overlapping(tokens, PREFIX, LENGTH);
        assertArrayEquals(
                tokens,
                windows.stream()
                        .flatMapToInt(window -> IntStream.of(window.continuation()))
                        .toArray());
        for (TokenRequest window : windows) {
            int[] input = window.input(LENGTH);
            assertTrue(input.length <= LENGTH);
            assertEquals(
                    window.context().length + window.continuation().length - 1, input.length, "nothing is cut off");
            int first = window.continuation()[0];
            int before = window.context()[window.context().length - 1];
            assertEquals(first == 0 ? PREFIX : first - 1, before);
        }
    }

    @Test
    void theLastWindowIsFullAndReachesBackOverScoredTokens() {
        List<TokenRequest> windows =
                RollingWindows.overlapping(IntStream.range(0, 10).toArray(), PREFIX, LENGTH);
        assertEquals(2, windows.size());
        assertArrayEquals(new int[] {2, 3, 4, 5, 6}, windows.get(1).context());
        assertArrayEquals(new int[] {7, 8, 9}, windows.get(1).continuation());
        assertEquals(LENGTH, windows.get(1).input(LENGTH).length);
    }

    @Test
    void disjointWindowsPredictAllTheirTokensButTheFirstAndDropTheTail() {
        List<TokenRequest> windows =
                RollingWindows.disjoint(IntStream.range(0, 3 * LENGTH + 5).toArray(), LENGTH);
        assertEquals(3, windows.size());
        for (int w = 0; w < 3; w++) {
            int first = w * LENGTH;
            assertArrayEquals(new int[] {first}, windows.get(w).context());
            assertArrayEquals(
                    IntStream.range(first + 1, first + LENGTH).toArray(),
                    windows.get(w).continuation());
        }
    }

    @Test
    void noDisjointWindowIsLessThanFullOrPredictsNothing() {
        assertEquals(
                List.of(),
                RollingWindows.disjoint(IntStream.range(0, LENGTH - 1).toArray(), LENGTH));
        assertEquals(List.of(), RollingWindows.disjoint(new int[] {1, 2, 3}, 1));
    }

    @Test
    void anEmptyTextHasNoWindows() {
        assertEquals(List.of(), RollingWindows.overlapping(new int[0], PREFIX, LENGTH));
    }
}
