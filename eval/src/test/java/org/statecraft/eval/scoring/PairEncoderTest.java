package org.statecraft.eval.scoring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.TestTasks.Collected;
import org.statecraft.eval.UniformScorer;
import org.statecraft.model.Tokenizer;

class PairEncoderTest {
    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        tokenizer = EvalFixtures.tokenizer();
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    static Stream<JsonNode> pairs() {
        return EvalFixtures.objects("encode_pair.jsonl").stream();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void pairsAreCutWhereTheHarnessCutsThem(JsonNode pair) {
        TokenRequest encoded = new PairEncoder(tokenizer, tokenizer.endOfText())
                .encode(
                        pair.get("context").textValue(),
                        pair.get("continuation").textValue());
        assertArrayEquals(EvalFixtures.ints(pair.get("context_ids")), encoded.context());
        assertArrayEquals(EvalFixtures.ints(pair.get("continuation_ids")), encoded.continuation());
        assertEquals(pair.get("scorable").booleanValue(), encoded.scorable());
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void exactlyTheUnscorablePairsAreRefused(JsonNode pair) {
        Scorer scorer = new TextScorer(tokenizer, new UniformScorer(-1, 2048));
        Request.Continuation good = new Request.Continuation("A", " B");
        Request.Continuation request = new Request.Continuation(
                pair.get("context").textValue(), pair.get("continuation").textValue());
        Collected<LogLikelihood> scores = new Collected<>();
        if (pair.get("scorable").booleanValue()) {
            scorer.logLikelihood(List.of(good, request), scores);
            assertEquals(2, scores.list().size());
        } else {
            UnscorableRequestException refused = assertThrows(
                    UnscorableRequestException.class, () -> scorer.logLikelihood(List.of(good, request), scores));
            assertEquals(1, refused.request());
            assertTrue(refused.getMessage().contains("\"" + request.continuation() + "\""), refused.getMessage());
        }
    }

    @Test
    void everyStringHasTheIdsOfTheReferenceTokenizer() {
        List<JsonNode> cases = EvalFixtures.objects("tokenizer.jsonl.gz");
        for (JsonNode expected : cases) {
            int[] ids = tokenizer.encode(expected.get("text").textValue());
            assertArrayEquals(EvalFixtures.ints(expected.get("ids")), ids, () -> "case " + expected.get("id"));
            assertEquals(expected.get("decoded_skip_special").textValue(), tokenizer.decode(ids));
        }
    }
}
