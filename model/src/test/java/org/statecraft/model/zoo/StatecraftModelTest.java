package org.statecraft.model.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.ParameterStore;
import ai.djl.translate.TranslateException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.generate.SamplingOptions;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.Tolerances;

/** The bundled model behind DJL's interfaces, against the values that transformers gave for it. */
class StatecraftModelTest {
    private static final Path HOME = Path.of(System.getProperty("statecraft.home"));
    private static final Path BOOKS = HOME.resolve("recipes/models/books-4m");
    private static final JsonNode GOLDEN =
            Fixtures.json(BOOKS.resolve("golden.json")).path("cases").get(0);

    @Test
    void theExampleOfThePageRunsAndIsTheOneShown() throws TranslateException, IOException {
        String result =
                EmbeddingExample.continueAndScore(BOOKS, GOLDEN.path("prompt").asText());
        assertTrue(result.matches("(?s).+ \\(\\d+\\.\\d nats\\)"), result);

        String source =
                Files.readString(HOME.resolve("model/src/test/java/org/statecraft/model/zoo/EmbeddingExample.java"));
        String page = Files.readString(HOME.resolve("docs/embedding.md"));
        Matcher shown = Pattern.compile("(?s)```java\n(.*?)```").matcher(page);
        assertTrue(shown.find(), "the page shows code");
        String body = source.substring(source.indexOf("    static String"), source.lastIndexOf('}'));
        assertEquals(body.stripTrailing().stripIndent(), shown.group(1).strip());
    }

    @Test
    void aPredictorMapsTextsToLikelihoods() throws TranslateException {
        try (StatecraftModel<TokenLikelihoods> model = StatecraftModel.scoring(BOOKS, Device.cpu());
                Predictor<String, TokenLikelihoods> predictor = model.newPredictor()) {
            String text = GOLDEN.path("prompt").asText();
            TokenLikelihoods scores = predictor.predict(text);
            assertEquals(scores.tokens().size(), scores.logProbabilities().size());
            assertEquals(
                    scores,
                    predictor.batchPredict(List.of("Other words.", text)).get(1));
            assertEquals(List.of(), predictor.predict("").tokens());
            try (LanguageModel direct = LanguageModel.load(BOOKS, Device.cpu());
                    NDManager scope = direct.newScope()) {
                long[] ids = new long[scores.tokens().size() + 1];
                for (int i = 1; i < ids.length; i++) {
                    ids[i] = scores.tokens().get(i - 1);
                }
                NDArray input = scope.create(ids, new Shape(1, ids.length));
                float lossSum = direct.lossSum(TokenBatch.of(input), input).getFloat();
                assertEquals(lossSum, -scores.sum(), Tolerances.logLikelihoodSum(lossSum));
            }
        }
    }

    @Test
    void aPredictorContinuesAsTransformersDoes() throws TranslateException {
        String prompt = GOLDEN.path("prompt").asText();
        SamplingOptions options = SamplingOptions.greedy(GOLDEN.path("greedy").size());
        try (StatecraftModel<String> model = StatecraftModel.generating(BOOKS, Device.cpu(), options);
                Predictor<String, String> predictor = model.newPredictor()) {
            assertEquals(GOLDEN.path("text").asText(), prompt + predictor.predict(prompt));
        }
    }

    @Test
    void aPredictorContinuesTextsAloneAsInABatch() throws TranslateException {
        SamplingOptions options = SamplingOptions.greedy(12);
        try (StatecraftModel<String> model = StatecraftModel.generating(BOOKS, Device.cpu(), options);
                Predictor<String, String> predictor = model.newPredictor()) {
            List<String> prompts = List.of("It was", "The old house stood at the end of");
            List<String> together = predictor.batchPredict(prompts);
            for (int i = 0; i < prompts.size(); i++) {
                assertEquals(predictor.predict(prompts.get(i)), together.get(i));
            }
        }
    }

    @Test
    void theBlockMapsIdsToLogits() {
        try (StatecraftModel<TokenLikelihoods> model = StatecraftModel.scoring(BOOKS, Device.cpu());
                NDManager scope = model.getNDManager().newSubManager()) {
            NDArray ids = scope.zeros(new Shape(2, 5), DataType.INT64);
            NDArray logits = model.getBlock()
                    .forward(new ParameterStore(scope, false), new NDList(ids), false)
                    .singletonOrThrow();
            assertEquals(model.getBlock().getOutputShapes(new Shape[] {ids.getShape()})[0], logits.getShape());
        }
    }
}
