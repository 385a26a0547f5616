package org.statecraft.peft.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.model.InputException;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.model.mamba2.Mamba2Shape;
import org.statecraft.peft.LayerRange;

/** What is selected, on examples that can be followed by hand. */
class SelectionTest {
    private static SparseConfig config(double channels, double states) {
        return new SparseConfig(channels, states, LayerRange.ALL);
    }

    @Test
    void channelsGoByTheirWholeChangeAndStatesByTheirOwn() {
        float[] delta = {
            0, 1, 0, // 1
            3, 0, -4, // 25
            0, 0, 0, // 0
            0, -2, 1 // 5
        };
        Selection.Kept kept = Selection.Kept.mamba1(7, delta, 3, config(0.5, 0.34));
        assertEquals(new Selection.Kept(7, List.of(1, 3), List.of(List.of(2), List.of(1))), kept);

        // x_proj has 2 rows of step sizes, 3 of B and 3 of C, each 4 wide
        List<Entries> entries = Entries.kept(kept, new Mamba1Shape(2, 4, 3, 2, 4));
        assertEquals(
                List.of("A_log", "x_proj.weight"),
                entries.stream().map(Entries::parameter).toList());
        assertArrayEquals(new long[] {5, 10}, entries.get(0).positions());
        assertArrayEquals(
                new long[] {9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31},
                entries.get(1).positions());
    }

    @Test
    void headsGoByALogAndStatesByTheirRowsOfBAndC() {
        Mamba2Shape s = new Mamba2Shape(2, 4, 1, 2, 2, 4);
        float[] delta = {0.1f, -0.5f, 0.2f, 0};
        float[] rows = {
            0, 0, 1, 0, // B of group 0
            0, 0, 0, 0, // B of group 1
            2, 0, 0, 0, // C of group 0
            0, 0, 0, 1 // C of group 1
        };
        Selection.Kept kept = Selection.Kept.mamba2(0, delta, rows, s, config(0.25, 0.5));
        assertEquals(new Selection.Kept(0, List.of(1), List.of(List.of(0), List.of(1))), kept);

        // in_proj has 4 rows z, 4 rows x, B at rows 8 to 11, C at rows 12 to 15, each 2 wide
        List<Entries> entries = Entries.kept(kept, s);
        assertArrayEquals(new long[] {1}, entries.get(0).positions());
        assertArrayEquals(
                new long[] {16, 17, 22, 23, 24, 25, 30, 31}, entries.get(1).positions());
    }

    @ParameterizedTest
    @CsvSource({"1536, 0.01, 15", "4096, 0.01, 41", "16, 0.25, 4", "16, 0.1, 2", "16, 0.05, 1", "24, 0.01, 1"})
    void sharesAreRoundedAsTheAuthorsCountThem(long all, double share, int kept) {
        assertEquals(kept, SparseConfig.kept(all, share));
    }

    @Test
    void aModelOf130MillionTrains455328ValuesWithLoRAOnOutProj() {
        Mamba1Shape s = new Mamba1Shape(768, 1536, 16, 48, 4);
        List<Integer> channels = IntStream.range(0, 15).boxed().toList();
        Selection.Kept kept = new Selection.Kept(0, channels, Collections.nCopies(15, List.of(0, 1, 2, 3)));
        long layer = Entries.kept(kept, s).stream()
                .mapToLong(entries -> entries.positions().length)
                .sum();
        long lora = 8 * (s.dInner() + s.dModel());
        assertEquals(455_328, 24 * (layer + lora));
    }

    @Test
    void sharesOutsideTheirRangeAndForeignSelectionsAreRefused() {
        assertThrows(InputException.class, () -> config(0, 0.5));
        assertThrows(InputException.class, () -> config(0.5, 1.1));
        Mamba1Shape s = new Mamba1Shape(2, 4, 3, 2, 4);
        new Selection.Kept(0, List.of(3), List.of(List.of(2))).requireFits(s);
        for (Selection.Kept foreign : List.of(
                new Selection.Kept(0, List.of(4), List.of(List.of(2))),
                new Selection.Kept(0, List.of(3), List.of(List.of(3))),
                new Selection.Kept(0, List.of(3), List.of()))) {
            assertThrows(InputException.class, () -> foreign.requireFits(s));
        }
    }
}
