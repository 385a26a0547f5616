package org.statecraft.model.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Tokenizer;

/** Text piece by piece against the text of all tokens at once, with the tokenizer of the bundled model. */
class TextStreamTest {
    private static final Path FOLDER = Path.of(System.getProperty("statecraft.home"), "recipes", "models", "books-4m");

    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        tokenizer = Tokenizer.load(FOLDER);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static List<String> pieces(int[] tokens, String... stop) {
        TextStream stream = new TextStream(tokenizer, List.of(stop));
        List<String> pieces = new ArrayList<>();
        for (int token : tokens) {
            pieces.add(stream.add(token));
            if (stream.stopped()) {
                break;
            }
        }
        pieces.add(stream.end());
        assertEquals(stream.text(), String.join("", pieces));
        return pieces;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"The captain said: no.", "naïve café", "Ω≈ç√∫", "日本語のテキスト", "🙂🚀 and 👩‍👩‍👧", "a\n\n b\t ", ""
            })
    void onlyWholeCharactersComeOut(String text) {
        List<String> pieces = pieces(tokenizer.encode(text));

        assertEquals(text, String.join("", pieces));
        for (String piece : pieces) {
            assertFalse(piece.contains("\uFFFD"), piece);
            // a half of a surrogate pair cannot be encoded
            assertTrue(StandardCharsets.UTF_8.newEncoder().canEncode(piece), "half a character in " + piece);
        }
    }

    @Test
    void aCharacterInSeveralTokensComesWithItsLastToken() {
        int[] tokens = tokenizer.encode("🚀");
        assertTrue(tokens.length > 2, "the tokenizer has no token for it");

        List<String> pieces = pieces(tokens);

        assertEquals("🚀", pieces.get(tokens.length - 1));
        assertEquals("", String.join("", pieces.subList(0, tokens.length - 1)));
    }

    @Test
    void textComesAsSoonAsItsTokens() {
        int[] tokens = tokenizer.encode("The captain went on board.");
        List<String> pieces = pieces(tokens);
        for (int i = 0; i < tokens.length; i++) {
            assertEquals(tokenizer.decode(new int[] {tokens[i]}), pieces.get(i));
        }
    }

    /** Random tokens break characters off and hold bytes that begin none. */
    @Test
    void randomTokensGiveTheTextOfAllAtOnce() {
        int replaced = 0;
        for (int seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            // the first ids are single bytes, half of which only occur inside characters
            int highest = seed % 2 == 0 ? 260 : tokenizer.size();
            int[] tokens = random.ints(40, 0, highest).toArray();
            String whole = tokenizer.decode(tokens);

            assertEquals(whole, String.join("", pieces(tokens)), "seed " + seed);
            replaced += whole.contains("\uFFFD") ? 1 : 0;
        }
        assertTrue(replaced > 100, "the tokens break characters");
    }

    @Test
    void aCharacterThatIsCutOffAtTheEndIsNamed() {
        int[] tokens = tokenizer.encode("a🚀");
        int[] cut = Arrays.copyOf(tokens, tokens.length - 1);

        List<String> pieces = pieces(cut);

        assertEquals("a\uFFFD", String.join("", pieces));
        assertEquals("\uFFFD", pieces.get(pieces.size() - 1));
    }

    @Test
    void nothingOfAStopTextComesOut() {
        String text = "The captain went on board. He went away.";
        for (int from = 0; from < text.length(); from++) {
            for (int to = from + 1; to <= text.length(); to += 3) {
                String stop = text.substring(from, to);
                List<String> pieces = pieces(tokenizer.encode(text), "never", stop);
                assertEquals(text.substring(0, text.indexOf(stop)), String.join("", pieces), stop);
            }
        }
    }

    @Test
    void theEarliestStopTextOfATokenCounts() {
        int[] tokens = tokenizer.encode("a captain");
        assertEquals("a cap", String.join("", pieces(tokens, "in", "tai", "ain")));
    }

    @Test
    void theBeginOfAStopTextThatDoesNotGoOnComesOutLater() {
        List<String> pieces = pieces(tokenizer.encode("ab ab ab."), "ab ab ab!", "b.c");
        assertEquals("ab ab ab.", String.join("", pieces));
        assertEquals("", pieces.get(0), "held back while it may be a stop text");
    }
}
