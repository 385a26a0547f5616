package org.statecraft.eval.fidelity;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;

class FidelityWindowsTest {
    private static final int[] TEXT = IntStream.range(0, 1000).toArray();

    private static List<FidelityWindow> draw(FidelitySettings settings) {
        return FidelityWindows.draw("a.txt", TEXT, tokens -> "x".repeat(tokens.length), settings);
    }

    @Test
    void windowsLieInTheTextAndTheirContinuationsApart() {
        List<FidelityWindow> windows = draw(new FidelitySettings(10, 20, 7, 140, 3));
        int end = 20;
        boolean shortest = false;
        boolean longest = false;
        for (FidelityWindow window : windows) {
            int begin = window.start() + window.context();
            assertTrue(begin >= end, "seed 3");
            end = begin + 7;
            assertArrayEquals(Arrays.copyOfRange(TEXT, window.start(), end), window.tokens());
            assertTrue(window.start() >= 0 && end <= TEXT.length);
            assertTrue(window.context() >= 10 && window.context() <= 20);
            shortest |= window.context() == 10;
            longest |= window.context() == 20;
            assertEquals(7, window.bytes());
        }
        assertEquals(140, windows.size());
        assertTrue(shortest && longest, "both ends of the range are drawn, seed 3");
    }

    @Test
    void theSeedDecidesTheWindows() {
        List<Integer> starts = starts(7);
        assertEquals(starts, starts(7));
        assertFalse(starts.equals(starts(8)));
    }

    private static List<Integer> starts(long seed) {
        return draw(new FidelitySettings(10, 20, 7, 9, seed)).stream()
                .map(FidelityWindow::start)
                .toList();
    }

    @Test
    void aTextWithoutRoomForAllWindowsIsRefused() {
        assertEquals(70, draw(new FidelitySettings(5, 20, 14, 70, 0)).size());
        InputException refused = assertThrows(InputException.class, () -> draw(new FidelitySettings(5, 21, 14, 70, 0)));
        assertTrue(
                refused.getMessage()
                        .startsWith("a.txt has 1000 tokens, room for 69 continuations of 14 behind a context of 21"),
                refused.getMessage());
        assertThrows(InputException.class, () -> draw(new FidelitySettings(1001, 1001, 14, 1, 0)));
    }

    /** Those of the characters that are complete at its end and were not at its beginning: a border may part one into bytes. */
    @Test
    void eachContinuationHoldsItsOwnBytesOfTheText() {
        String text = "naïve 😀 — “ƕƿȝ” 𝔉𝔯𝔞𝔨𝔱𝔲𝔯 plain words, then ꙮꙮ. ".repeat(6);
        try (Tokenizer tokenizer = EvalFixtures.tokenizer()) {
            int[] tokens = tokenizer.encode(text);
            int windows = (tokens.length - 12) / 5;
            int longest = tokens.length - 5 * windows;
            List<FidelityWindow> all =
                    FidelityWindows.draw("a.txt", text, tokenizer, new FidelitySettings(12, longest, 5, windows, 1));
            for (FidelityWindow window : all) {
                int begin = window.start() + window.context();
                int expected = complete(tokens, begin + 5, text, tokenizer) - complete(tokens, begin, text, tokenizer);
                assertEquals(expected, window.bytes(), window::continuationText);
            }
            assertTrue(
                    all.stream().anyMatch(window -> window.continuationText().contains("\uFFFD")),
                    "no character is parted");
        }
    }

    /** Bytes of the text before a token, without those of a character that only begins there. */
    private static int complete(int[] tokens, int end, String text, Tokenizer tokenizer) {
        String decoded = tokenizer.decode(Arrays.copyOf(tokens, end));
        int same = 0;
        while (same < decoded.length() && decoded.charAt(same) == text.charAt(same)) {
            same++;
        }
        return bytes(text.substring(0, same));
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Test
    void tokensThatAreNoTextAreRefused() {
        InputException refused = assertThrows(
                InputException.class,
                () -> FidelityWindows.draw("a.txt", TEXT, tokens -> "", new FidelitySettings(5, 20, 14, 2, 0)));
        assertTrue(refused.getMessage().startsWith("a.txt: the tokens "), refused.getMessage());
    }
}
