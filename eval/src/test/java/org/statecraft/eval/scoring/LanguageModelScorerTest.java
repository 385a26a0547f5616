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
import java.util.Arrays;
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
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.Evaluator;
import org.statecraft.eval.TaskResult;
import org.statecraft.eval.TestTasks;
import org.statecraft.eval.TestTasks.Collected;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.Tolerances;

class LanguageModelScorerTest {
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

    private static List<TokenScore> score(TokenScorer scorer, List<TokenRequest> requests) {
        Collected<TokenScore> scores = new Collected<>();
        scorer.score(requests, scores);
        assertEquals(requests.size(), scores.list().size());
        return scores.list();
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
            List<TokenScore> scores = score(
                    scorer(8, maxLength),
                    group.stream().map(LanguageModelScorerTest::request).toList());
            for (int i = 0; i < group.size(); i++) {
                check(group.get(i), scores.get(i));
            }
        });
    }

    private static void check(JsonNode expected, TokenScore score) {
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
        List<TokenScore> single = score(scorer(1, 2048), requests);
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, requests.size()).boxed().toList());
        Collections.shuffle(order, new Random(7));
        List<TokenScore> batched =
                score(scorer(16, 2048), order.stream().map(requests::get).toList());
        for (int i = 0; i < order.size(); i++) {
            TokenScore expected = single.get(order.get(i));
            assertEquals(expected.greedy(), batched.get(i).greedy());
            assertArrayEquals(
                    expected.tokens(), batched.get(i).tokens(), (float) Tolerances.TOKEN_LOG_PROBABILITY, "seed 7");
        }
    }

    /** A context that several continuations share is read once; each of them scores as it does alone. */
    @Test
    void continuationsOfOneContextScoreAsEachOfThemAlone() {
        Random random = new Random(11);
        List<TokenRequest> requests = new ArrayList<>();
        for (int c = 0; c < 7; c++) {
            int[] context = random.ints(1 + random.nextInt(90), 0, 50_000).toArray();
            for (int k = 0; k < 1 + c % 5; k++) {
                requests.add(new TokenRequest(
                        context, random.ints(1 + random.nextInt(9), 0, 50_000).toArray()));
            }
        }
        Collections.shuffle(requests, random);
        for (int batch : new int[] {1, 3, 16}) {
            List<TokenScore> together = score(scorer(batch, 2048), requests);
            for (int i = 0; i < requests.size(); i++) {
                TokenScore alone =
                        score(scorer(1, 2048), List.of(requests.get(i))).get(0);
                assertEquals(alone.greedy(), together.get(i).greedy(), "seed 11");
                assertArrayEquals(
                        alone.tokens(), together.get(i).tokens(), (float) Tolerances.TOKEN_LOG_PROBABILITY, "seed 11");
            }
        }
    }

    /** Where the context is cut for one continuation and not for another they do not share it. */
    @Test
    void aContextThatIsCutIsNotShared() {
        int[] context = new Random(5).ints(20, 0, 50_000).toArray();
        List<TokenRequest> requests = List.of(
                new TokenRequest(context, new int[] {7}), new TokenRequest(context, new int[] {7, 8, 9, 10, 11, 12}));
        List<TokenScore> together = score(scorer(4, 22), requests);
        for (int i = 0; i < 2; i++) {
            TokenScore alone = score(scorer(1, 22), List.of(requests.get(i))).get(0);
            assertArrayEquals(alone.tokens(), together.get(i).tokens(), (float) Tolerances.TOKEN_LOG_PROBABILITY);
        }
    }

    @Test
    void greedyTextsAreThoseOfTheHarness() {
        try (Tokenizer tokenizer = EvalFixtures.tokenizer()) {
            for (JsonNode expected : EvalFixtures.objects("generation.jsonl")) {
                List<String> until = EvalFixtures.elements(expected.at("/kwargs/until"))
                        .map(JsonNode::textValue)
                        .toList();
                GenerationSettings how = GenerationSettings.greedy(
                        expected.at("/kwargs/max_gen_toks").intValue(), until);
                Scorer scorer = LanguageModelScorer.of(
                        model,
                        tokenizer,
                        new ScoringOptions(4, expected.get("max_length").intValue()));
                Collected<WrittenAnswer> texts = new Collected<>();
                scorer.generate(
                        List.of(new Request.Generate("", expected.get("context").textValue(), how)), texts);
                assertEquals(
                        expected.get("output").textValue(),
                        texts.list().get(0).generation().text(),
                        expected.get("name").textValue());
            }
        }
    }

    @Test
    void aTextThatFitsScoresAsOneContinuationOfThePrefix() {
        try (Tokenizer tokenizer = EvalFixtures.tokenizer()) {
            String text = "It was the best of times, it was the worst of times.";
            Scorer scorer = LanguageModelScorer.of(model, tokenizer, new ScoringOptions(4, 64));
            Collected<RollingLogLikelihood> texts = new Collected<>();
            scorer.rolling(List.of(new Request.Rolling(text, Windows.OVERLAPPING)), texts);
            RollingLogLikelihood rolling = texts.list().get(0);
            Collected<LogLikelihood> pairs = new Collected<>();
            scorer.logLikelihood(List.of(new Request.Continuation("", text)), pairs);
            LogLikelihood whole = pairs.list().get(0);
            assertEquals(whole.sum(), rolling.sum(), Tolerances.logLikelihoodSum(whole.sum()));
            assertEquals(tokenizer.encode(text).length, rolling.tokens());
        }
    }

    @Test
    void theTokenPerplexityOfPruningPapersIsThatOfTheTokensOfWholeWindows() {
        String text = "It was the best of times, it was the worst of times, it was the age of wisdom. ".repeat(9);
        int length = 24;
        Tokenizer tokenizer = EvalFixtures.tokenizer();
        Scorer scorer = LanguageModelScorer.of(model, tokenizer, new ScoringOptions(3, length));
        TaskResult result = Evaluator.run(
                        List.of(TestTasks.text("prose", text, "wikitext2_token_ppl_gptq")),
                        scorer,
                        new EvaluationOptions(EvaluationOptions.ALL, 0),
                        AnswerCache.NONE,
                        (name, done, total) -> {})
                .tasks()
                .get(0);
        int[] tokens = tokenizer.encode(text);
        double loss = 0;
        int predicted = 0;
        for (int start = 0; start + length <= tokens.length; start += length) {
            int[] rest = Arrays.copyOfRange(tokens, start + 1, start + length);
            TokenRequest window = new TokenRequest(new int[] {tokens[start]}, rest);
            for (float token : score(scorer(1, 2048), List.of(window)).get(0).tokens()) {
                loss -= token;
                predicted++;
            }
        }
        tokenizer.close();
        double expected = Math.exp(loss / predicted);
        assertTrue(tokens.length % length > 0, "a tail is dropped");
        assertEquals(
                expected,
                result.value("wikitext2_token_ppl_gptq").value(),
                Tolerances.TOKEN_LOG_PROBABILITY * expected);
    }

    @Test
    void moreRowsThanOneBlockOfTheHeadAreAllScored() {
        int[] tokens = new Random(3).ints(700, 0, 50_000).toArray();
        TokenScore whole = score(scorer(1, 1024), List.of(new TokenRequest(new int[] {0}, tokens)))
                .get(0);
        for (int at : new int[] {1, 255, 256, 257, 511, 512, 699}) {
            int[] context = new int[at + 1];
            System.arraycopy(tokens, 0, context, 1, at);
            TokenScore one = score(scorer(1, 1024), List.of(new TokenRequest(context, new int[] {tokens[at]})))
                    .get(0);
            assertEquals(one.sum(), whole.tokens()[at], Tolerances.TOKEN_LOG_PROBABILITY, "token " + at + ", seed 3");
        }
    }

    @Test
    void batchesAreToldAsTheyEnd() {
        List<TokenRequest> requests = IntStream.range(0, 5)
                .mapToObj(i -> new TokenRequest(new int[] {i + 1}, new int[] {7}))
                .toList();
        Collected<TokenScore> scores = new Collected<>();
        scorer(2, 2048).score(requests, scores);
        assertEquals(3, scores.batches());
    }

    @Test
    void ofEquallyLikelyTokensTheLowestIdIsTheGreedyOne() {
        try (NDManager manager = NDManager.newBaseManager()) {
            NDArray logits = manager.zeros(new Shape(2, 50_288));
            LanguageModelScorer.Predictions predictions = new LanguageModelScorer.Predictions(2);
            predictions.add(logits, new int[] {0, 1});
            TokenScore first = predictions.next(1);
            assertTrue(first.greedy());
            assertFalse(predictions.next(1).greedy());
            assertEquals(-Math.log(50_288), first.sum(), 1e-5);
        }
    }

    @Test
    void aContinuationLongerThanTheModelReadsIsRefused() {
        TokenRequest request = new TokenRequest(new int[] {0}, new int[] {1, 2, 3, 4, 5});
        InputException refused = assertThrows(InputException.class, () -> score(scorer(1, 4), List.of(request)));
        assertTrue(refused.getMessage().contains("5 tokens"), refused.getMessage());
    }
}
