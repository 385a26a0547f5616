package org.statecraft.eval.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.Tolerances;

class LanguageModelScorerTest {
    private static final Progress SILENT = (done, total) -> {};
    private static LanguageModel model;
    private static List<JsonNode> cases;

    @BeforeAll
    static void load() {
        model = EvalFixtures.model();
        cases = EvalFixtures.objects("scoring.jsonl");
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static TokenScorer scorer(int batch, int maxLength) {
        return new LanguageModelScorer(model, new ScoringOptions(batch, maxLength));
    }

    private static TokenRequest request(JsonNode expected) {
        return new TokenRequest(
                EvalFixtures.ints(expected.get("context_ids")), EvalFixtures.ints(expected.get("continuation_ids")));
    }

    @Test
    void requestsGetTheReferenceLogLikelihoods() {
        Map<Integer, List<JsonNode>> byLength = cases.stream()
                .collect(Collectors.groupingBy(
                        expected -> expected.get("max_length").intValue()));
        byLength.forEach((maxLength, group) -> {
            List<LogLikelihood> scores = scorer(8, maxLength)
                    .score(group.stream().map(LanguageModelScorerTest::request).toList(), SILENT);
            for (int i = 0; i < group.size(); i++) {
                check(group.get(i), scores.get(i));
            }
        });
    }

    private static void check(JsonNode expected, LogLikelihood score) {
        String id = expected.get("id") + " " + expected.get("name");
        double sum = expected.get("sum_float64").doubleValue();
        assertEquals(sum, score.sum(), Tolerances.logLikelihoodSum(sum), id);
        assertEquals(expected.get("is_greedy").booleanValue(), score.greedy(), id);
        double[] tokens = EvalFixtures.doubles(expected.get("token_logprobs_float64"));
        assertEquals(tokens.length, score.tokens().length, id);
        for (int t = 0; t < tokens.length; t++) {
            assertEquals(tokens[t], score.tokens()[t], Tolerances.TOKEN_LOG_PROBABILITY, id + " token " + t);
        }
    }

    @Test
    void theModelReadsWhatTheHarnessFeedsIt() {
        for (JsonNode expected : cases) {
            assertArrayEquals(
                    EvalFixtures.ints(expected.get("model_input_ids")),
                    request(expected).input(expected.get("max_length").intValue()),
                    () -> "case " + expected.get("id"));
        }
    }

    @Test
    void neitherBatchSizeNorOrderChangesAScore() {
        List<TokenRequest> requests = new ArrayList<>(
                cases.stream().map(LanguageModelScorerTest::request).toList());
        List<LogLikelihood> single = scorer(1, 2048).score(requests, SILENT);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, requests.size()).boxed().toList());
        Collections.shuffle(order, new Random(7));
        List<LogLikelihood> batched =
                scorer(16, 2048).score(order.stream().map(requests::get).toList(), SILENT);
        for (int i = 0; i < order.size(); i++) {
            LogLikelihood expected = single.get(order.get(i));
            assertEquals(expected.greedy(), batched.get(i).greedy());
            assertArrayEquals(
                    expected.tokens(), batched.get(i).tokens(), (float) Tolerances.TOKEN_LOG_PROBABILITY, "seed 7");
        }
    }

    /** What may follow a prompt is what scoring says of each token that follows it, in any batch. */
    @Test
    void whatFollowsAPromptIsWhatItScoresAsItsContinuation() {
        List<int[]> prompts = cases.stream()
                .map(expected -> EvalFixtures.ints(expected.get("context_ids")))
                .filter(context -> context.length > 0 && context.length <= 300)
                .limit(12)
                .toList();
        int[] asked = {0, 17, 18};
        List<TokenRequest> pairs = prompts.stream()
                .flatMap(prompt -> IntStream.of(asked).mapToObj(token -> new TokenRequest(prompt, new int[] {token})))
                .toList();
        List<LogLikelihood> scores = scorer(8, 2048).score(pairs, SILENT);
        for (int batch : new int[] {1, 5}) {
            boolean[] seen = new boolean[prompts.size()];
            scorer(batch, 2048)
                    .next(
                            prompts,
                            (prompt, log) -> {
                                seen[prompt] = true;
                                for (int i = 0; i < asked.length; i++) {
                                    double expected = scores.get(prompt * asked.length + i)
                                            .sum();
                                    assertEquals(expected, log[asked[i]], Tolerances.TOKEN_LOG_PROBABILITY);
                                }
                            },
                            SILENT);
            assertEquals(
                    prompts.size(),
                    IntStream.range(0, seen.length).filter(i -> seen[i]).count());
        }
    }

    @Test
    void aTextThatFitsScoresAsOneContinuationOfThePrefix() {
        try (Tokenizer tokenizer = EvalFixtures.tokenizer()) {
            String text = "It was the best of times, it was the worst of times.";
            Scorer scorer = LanguageModelScorer.of(model, tokenizer, new ScoringOptions(4, 64));
            RollingLogLikelihood rolling =
                    scorer.rolling(List.of(new Request.Rolling(text)), SILENT).get(0);
            LogLikelihood whole = scorer.logLikelihood(List.of(new Request.Continuation("", text)), SILENT)
                    .get(0);
            assertEquals(whole.sum(), rolling.sum(), Tolerances.logLikelihoodSum(whole.sum()));
            assertEquals(tokenizer.encode(text).length, rolling.tokens());
        }
    }

    @Test
    void moreRowsThanOneBlockOfTheHeadAreAllScored() {
        int[] tokens = new Random(3).ints(700, 0, 50_000).toArray();
        LogLikelihood whole = scorer(1, 1024)
                .score(List.of(new TokenRequest(new int[] {0}, tokens)), SILENT)
                .get(0);
        for (int at : new int[] {1, 255, 256, 257, 511, 512, 699}) {
            int[] context = new int[at + 1];
            System.arraycopy(tokens, 0, context, 1, at);
            LogLikelihood one = scorer(1, 1024)
                    .score(List.of(new TokenRequest(context, new int[] {tokens[at]})), SILENT)
                    .get(0);
            assertEquals(one.sum(), whole.tokens()[at], Tolerances.TOKEN_LOG_PROBABILITY, "token " + at + ", seed 3");
        }
    }

    @Test
    void progressEndsAtTheNumberOfRequests() {
        List<Integer> seen = new ArrayList<>();
        List<TokenRequest> requests =
                cases.stream().limit(5).map(LanguageModelScorerTest::request).toList();
        scorer(2, 2048).score(requests, (done, total) -> {
            assertEquals(5, total);
            seen.add(done);
        });
        assertEquals(List.of(2, 4, 5), seen);
    }

    @Test
    void ofEquallyLikelyTokensTheLowestIdIsTheGreedyOne() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray logits = manager.zeros(new Shape(2, 50_288));
            LanguageModelScorer.Predictions predictions = new LanguageModelScorer.Predictions(2);
            predictions.add(logits, new int[] {0, 1});
            assertTrue(predictions.answer(0, 1).greedy());
            assertFalse(predictions.answer(1, 1).greedy());
            assertEquals(-Math.log(50_288), predictions.answer(0, 1).sum(), 1e-5);
        }
    }

    @Test
    void aContinuationLongerThanTheModelReadsIsRefused() {
        TokenRequest request = new TokenRequest(new int[] {0}, new int[] {1, 2, 3, 4, 5});
        InputException refused =
                assertThrows(InputException.class, () -> scorer(1, 4).score(List.of(request), SILENT));
        assertTrue(refused.getMessage().contains("5 tokens"), refused.getMessage());
    }
}
