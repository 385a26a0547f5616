package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.statecraft.model.InputException;

class ProbeDataTest {
    private static final TokenProbe RECALL = TokenProbe.of("mqar", Map.of("vocab", "64"));
    private static final ProbeSlice SLICE = ProbeSlice.parse("T=64 k=4");

    private static int[] first(Split split, long seed) {
        return ProbeData.draw(RECALL, SLICE, split, seed, 1).get(0).input();
    }

    @Test
    void aSetIsDrawnAlikeEveryTimeAndBeginsWithTheSmallerOne() {
        List<ProbeSequence> small = ProbeData.draw(RECALL, SLICE, Split.TEST, 5, 3);
        List<ProbeSequence> large = ProbeData.draw(RECALL, SLICE, Split.TEST, 5, 9);
        for (int i = 0; i < 3; i++) {
            assertArrayEquals(small.get(i).input(), large.get(i).input());
            assertArrayEquals(small.get(i).labels(), large.get(i).labels());
        }
    }

    @Test
    void seedsAndSplitsHaveStreamsOfTheirOwn() {
        assertFalse(Arrays.equals(first(Split.TEST, 5), first(Split.TRAIN, 5)));
        assertFalse(Arrays.equals(first(Split.TEST, 5), first(Split.TEST, 6)));
    }

    @Test
    void aSliceIsReadFromItsLabel() {
        assertEquals("T=64 k=4", SLICE.label());
        assertEquals("T=51-100", ProbeSlice.parse(" T=51-100 ").label());
        for (String wrong : List.of("", "T", "T=", "T=5-4", "T=1 T=2", "T=1,k=2", "T=99999999999")) {
            assertThrows(InputException.class, () -> ProbeSlice.parse(wrong), wrong);
        }
    }

    @Test
    void unknownNamesSayWhatWasMeant() {
        InputException probe = assertThrows(InputException.class, () -> TokenProbe.of("mqra", Map.of()));
        assertTrue(probe.getMessage().contains("did you mean 'mqar'"), probe.getMessage());
        InputException option = assertThrows(InputException.class, () -> TokenProbe.of("mqar", Map.of("vocabs", "64")));
        assertTrue(option.getMessage().contains("did you mean 'vocab'"), option.getMessage());
        InputException value = assertThrows(InputException.class, () -> TokenProbe.of("mqar", Map.of("vocab", "two")));
        assertTrue(value.getMessage().contains("whole number"), value.getMessage());
    }
}
