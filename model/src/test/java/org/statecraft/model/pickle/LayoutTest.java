package org.statecraft.model.pickle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.statecraft.model.pickle.PickleException.Kind;

final class LayoutTest {
    private final Region nowhere = new Region(Path.of("file"), null, null);

    private Layout layout(long offset, long[] sizes, long[] strides, long storage) {
        return Layout.of(nowhere, offset, sizes, strides, storage);
    }

    private void assertRefused(Kind kind, long offset, long[] sizes, long[] strides, long storage) {
        PickleException failure = assertThrows(PickleException.class, () -> layout(offset, sizes, strides, storage));
        assertEquals(kind, failure.kind(), failure.getMessage());
    }

    private static long[] of(long... numbers) {
        return numbers;
    }

    private static long[] walked(Layout layout) {
        Layout.Walk walk = layout.walk();
        return LongStream.range(0, layout.elements()).map(i -> walk.next()).toArray();
    }

    @Test
    void lastDimensionIsTheFastest() {
        assertArrayEquals(of(0, 3, 6, 1, 4, 7), walked(layout(0, of(2, 3), of(1, 3), 8)));
        assertArrayEquals(of(0, 1, 2, 3, 4, 5), walked(layout(0, of(2, 1, 3), of(3, 77, 1), 6)));
        assertArrayEquals(of(0), walked(layout(5, of(), of(), 6)));
    }

    @Test
    void contiguousMeansNoGapAndNoSwap() {
        assertTrue(layout(3, of(2, 3), of(3, 1), 9).isContiguous());
        assertTrue(layout(0, of(2, 1, 3), of(3, 99, 1), 6).isContiguous());
        assertTrue(layout(0, of(), of(), 1).isContiguous());
        assertTrue(layout(0, of(2, 0), of(1, 1), 0).isContiguous());
        assertFalse(layout(0, of(2, 3), of(1, 2), 6).isContiguous());
        assertFalse(layout(0, of(2, 3), of(4, 1), 7).isContiguous());
    }

    @Test
    void lastElementMustLieInTheStorage() {
        layout(2, of(2, 3), of(4, 1), 9);
        assertRefused(Kind.LAYOUT, 2, of(2, 3), of(4, 1), 8);
        assertRefused(Kind.LAYOUT, -1, of(1), of(1), 8);
        assertRefused(Kind.LAYOUT, 8, of(1), of(1), 8);
        layout(8, of(0), of(1), 8);
        assertRefused(Kind.LAYOUT, 9, of(0), of(1), 8);
        assertRefused(Kind.LAYOUT, 7, of(2), of(-1), 8);
        assertRefused(Kind.LAYOUT, Long.MAX_VALUE, of(2), of(1), 8);
    }

    @Test
    void numbersMustNotOverflow() {
        assertRefused(Kind.SHAPE, 0, of(1L << 32, 1L << 32), of(1, 1), 8);
        assertRefused(Kind.SHAPE, 0, of(3), of(Long.MAX_VALUE), 8);
        assertRefused(Kind.SHAPE, 0, of(-1), of(1), 8);
        assertRefused(Kind.SHAPE, 0, of(-2, -2), of(2, 1), 8);
        assertRefused(Kind.SHAPE, 0, of(1, 1), of(1), 8);
        assertRefused(Kind.SHAPE, 0, new long[65], new long[65], 8);
    }

    @Test
    void noElementMayBeReachedTwice() {
        assertRefused(Kind.LAYOUT, 0, of(1000, 2), of(0, 1), 8);
        assertRefused(Kind.LAYOUT, 0, of(2, 3), of(1, 1), 8);
        assertRefused(Kind.LAYOUT, 0, of(3, 3), of(2, 1), 8);
        layout(0, of(1, 2), of(0, 1), 8);
    }

    /** The law behind the two checks, over random layouts. */
    @Test
    void elementsAreInsideAndDifferent() {
        long seed = 20261124;
        System.out.println("elementsAreInsideAndDifferent: seed " + seed);
        Random random = new Random(seed);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++) {
            long[] sizes = random.longs(random.nextInt(4), 0, 4).toArray();
            long[] strides = random.longs(sizes.length, 0, 8).toArray();
            long offset = random.nextInt(4);
            long storage = random.nextInt(30);
            try {
                Layout layout = layout(offset, sizes, strides, storage);
                Set<Long> reached = new HashSet<>();
                for (long at : walked(layout)) {
                    assertTrue(at >= 0 && offset + at < storage && at < layout.span());
                    assertTrue(reached.add(at));
                }
                accepted++;
            } catch (PickleException e) {
                assertTrue(Set.of(Kind.LAYOUT, Kind.SHAPE).contains(e.kind()));
            }
        }
        assertTrue(accepted > 2_000, "accepted " + accepted);
    }
}
