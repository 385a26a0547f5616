package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.statecraft.model.generate.Generation;
import org.statecraft.model.generate.Generator;
import org.statecraft.model.generate.SamplingOptions;
import org.statecraft.model.testing.Fixtures;

/** The bundled real model against what transformers computed from the same files ({@code golden.json} there). */
class BooksModelTest {
    private static final Path FOLDER = Path.of(System.getProperty("statecraft.home"), "recipes", "models", "books-4m");
    /** As {@code SOURCE.md} of the model states them. */
    private static final double LOGITS = 2e-3;

    private static final double LOSSES = 1e-3;

    private static LanguageModel model;
    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        model = LanguageModel.load(FOLDER, Device.cpu());
        tokenizer = Tokenizer.load(FOLDER);
    }

    @AfterAll
    static void close() {
        model.close();
        tokenizer.close();
    }

    private static List<JsonNode> cases() {
        JsonNode cases = Fixtures.json(FOLDER.resolve("golden.json")).path("cases");
        assertFalse(cases.isEmpty());
        return StreamSupport.stream(cases.spliterator(), false).toList();
    }

    private static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToInt(JsonNode::intValue)
                .toArray();
    }

    @Test
    void parameterCountEqualsTheReference() {
        assertEquals(
                Fixtures.json(FOLDER.resolve("golden.json")).path("parameters").asLong(), model.parameterCount());
    }

    @Test
    void tokensOfThePromptsEqualTheReference() {
        for (JsonNode c : cases()) {
            assertArrayEquals(
                    ints(c.path("ids")), tokenizer.encode(c.path("prompt").asText()));
        }
    }

    @Test
    void lossOfEachPromptTokenAndTheLastLogitsEqualTheReference() {
        for (JsonNode c : cases()) {
            try (NDManager scope = model.newScope()) {
                TokenBatch prompt = TokenBatch.padded(scope, List.of(ints(c.path("ids"))));
                NDArray logits = model.logits(model.forward(prompt, null, null).hidden());
                long length = logits.getShape().get(1);
                NDArray logp = CrossEntropy.logProbabilities(
                        logits.get(new NDIndex().addAllDim().addSliceDim(0, length - 1)),
                        prompt.ids().get(new NDIndex().addAllDim().addSliceDim(1, length)));
                assertEquals(length - 1, c.path("nll").size());
                for (int t = 0; t < length - 1; t++) {
                    assertEquals(c.path("nll").get(t).asDouble(), -logp.getFloat(0, t), LOSSES);
                }
                for (int i = 0; i < c.path("last_logits_first8").size(); i++) {
                    assertEquals(
                            c.path("last_logits_first8").get(i).asDouble(), logits.getFloat(0, length - 1, i), LOGITS);
                }
            }
        }
    }

    @Test
    void greedyTextEqualsTheReference() {
        Generator generator = new Generator(model, tokenizer);
        for (JsonNode c : cases()) {
            int[] expected = ints(c.path("greedy"));
            String prompt = c.path("prompt").asText();
            Generation generation = generator.generate(prompt, SamplingOptions.greedy(expected.length));
            assertArrayEquals(expected, generation.tokens());
            assertEquals(c.path("text").asText(), prompt + generation.text());
            assertEquals(Generation.Finish.LENGTH, generation.finish());
        }
    }

    @Test
    void stopTextEndsTheGenerationAndIsCutOff() {
        Generator generator = new Generator(model, tokenizer);
        String prompt = cases().get(0).path("prompt").asText();
        String full = generator.generate(prompt, SamplingOptions.greedy(24)).text();
        String stop = full.substring(10, 14);
        Generation stopped = generator.generate(prompt, new SamplingOptions(24, 0, 0, 1, List.of(stop, "never"), 0));
        assertEquals(full.substring(0, full.indexOf(stop)), stopped.text());
        assertEquals(Generation.Finish.STOP_TEXT, stopped.finish());
        assertTrue(stopped.tokens().length < 24);
    }

    @Test
    void sampledTextDependsOnTheSeedAlone() {
        Generator generator = new Generator(model, tokenizer);
        SamplingOptions seven = new SamplingOptions(20, 1.0, 50, 0.95, List.of(), 7);
        SamplingOptions eight = new SamplingOptions(20, 1.0, 50, 0.95, List.of(), 8);
        String text = generator.generate("The captain", seven).text();
        assertEquals(text, generator.generate("The captain", seven).text());
        assertNotEquals(text, generator.generate("The captain", eight).text());
    }

    @Test
    void samplingFromOneTokenIsGreedy() {
        Generator generator = new Generator(model, tokenizer);
        String greedy =
                generator.generate("The captain", SamplingOptions.greedy(12)).text();
        for (SamplingOptions narrow : List.of(
                new SamplingOptions(12, 0.7, 1, 1, List.of(), 1),
                new SamplingOptions(12, 0.7, 0, 1e-9, List.of(), 1))) {
            assertEquals(greedy, generator.generate("The captain", narrow).text());
        }
    }

    @Test
    void longTextsAreNotTruncated() {
        String sentence = "Call me Ishmael. ";
        int one = tokenizer.encode(sentence.repeat(2)).length - tokenizer.encode(sentence).length;
        assertTrue(tokenizer.encode(sentence.repeat(2000)).length >= 2000 * (one - 1));
    }

    @Test
    void aTokenizerOfAnotherModelIsRefused() {
        InputException refused = assertThrows(
                InputException.class, () -> tokenizer.requireFits(model.config().vocabSize() - 1));
        assertTrue(refused.getMessage().contains("belongs to another model"), refused.getMessage());
    }
}
