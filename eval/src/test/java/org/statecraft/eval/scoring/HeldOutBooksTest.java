package org.statecraft.eval.scoring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.TestTasks.Collected;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.Fixtures;

/**
 * Bits per byte of the bundled model on books that it never saw, against what transformers gave for the same files. There each
 * window of 512 predicted tokens starts from the end-of-text token alone.
 */
class HeldOutBooksTest {
    private static final Path RECIPES = Path.of(System.getProperty("statecraft.home"), "recipes");
    private static final Path MODEL = RECIPES.resolve("models/books-4m");
    private static final int WINDOW = 512;
    /** As {@code SOURCE.md} of the model states it for losses. */
    private static final double TOLERANCE = 1e-3;

    static Stream<String> books() {
        Iterable<String> names = () -> golden().fieldNames();
        List<String> books = new ArrayList<>();
        names.forEach(books::add);
        return books.stream();
    }

    private static JsonNode golden() {
        return Fixtures.json(MODEL.resolve("golden.json")).path("held_out_books");
    }

    @ParameterizedTest
    @MethodSource("books")
    void bitsPerByteEqualTheReference(String book) throws IOException {
        JsonNode expected = golden().path(book);
        String text = Files.readString(RECIPES.resolve("data").resolve(book.replace('_', '-') + "-excerpt.txt"));
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        assertEquals(expected.path("bytes").asInt(), bytes);
        try (Tokenizer tokenizer = Tokenizer.load(MODEL);
                LanguageModel model = LanguageModel.load(MODEL, Device.cpu())) {
            int[] tokens = tokenizer.encode(text);
            assertEquals(expected.path("tokens").asInt(), tokens.length);
            int[] prefix = {tokenizer.endOfText()};
            List<TokenRequest> windows = new ArrayList<>();
            for (int from = 0; from < tokens.length; from += WINDOW) {
                int to = Math.min(from + WINDOW, tokens.length);
                windows.add(new TokenRequest(prefix, Arrays.copyOfRange(tokens, from, to)));
            }
            Collected<TokenScore> scores = new Collected<>();
            new LanguageModelScorer(model, new ScoringOptions(8, WINDOW)).score(windows, scores);
            double sum = scores.list().stream().mapToDouble(TokenScore::sum).sum();
            assertEquals(expected.path("nll_per_token").asDouble(), -sum / tokens.length, TOLERANCE);
            assertEquals(expected.path("bits_per_byte").asDouble(), -sum / bytes / Math.log(2), TOLERANCE);
        }
    }
}
