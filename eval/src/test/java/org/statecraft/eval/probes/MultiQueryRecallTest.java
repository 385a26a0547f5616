package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.InputException;

class MultiQueryRecallTest {

    private static TokenProbe probe(int vocabulary, String filler) {
        return TokenProbe.of("mqar", Map.of("vocab", Integer.toString(vocabulary), "filler", filler));
    }

    private static ProbeSlice slice(int length, int pairs) {
        return ProbeSlice.of("T", length, "k", pairs);
    }

    @Test
    void theRecogniserFindsEveryLabelOfTheFixture() {
        List<JsonNode> cases = EvalFixtures.objects("probes/mqar.jsonl");
        assertTrue(cases.size() > 10);
        for (JsonNode expected : cases) {
            int[] input = EvalFixtures.ints(expected.get("input"));
            int[] labels = EvalFixtures.ints(expected.get("labels"));
            String filler = expected.get("filler").asText();
            int[] answers = probe(expected.get("vocab").intValue(), filler)
                    .answers(input, slice(input.length, expected.get("pairs").intValue()));
            for (int t = 0; t < labels.length; t++) {
                if (labels[t] != ProbeSequence.IGNORED || filler.equals("zero")) {
                    assertEquals(labels[t], answers[t], "position " + t + " of " + expected);
                }
            }
        }
    }

    @Test
    void keysValuesAndGapsOfTheFixtureGiveItsSequence() {
        for (JsonNode expected : EvalFixtures.objects("probes/mqar.jsonl")) {
            ProbeSequence sequence = MultiQueryRecall.assemble(
                    expected.get("length").intValue(),
                    EvalFixtures.ints(expected.get("keys")),
                    EvalFixtures.ints(expected.get("values")),
                    EvalFixtures.ints(expected.get("query_gaps")));
            assertArrayEquals(EvalFixtures.ints(expected.get("labels")), sequence.labels());
            if (expected.get("filler").asText().equals("zero")) {
                assertArrayEquals(EvalFixtures.ints(expected.get("input")), sequence.input());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"zero", "random"})
    void whatIsDrawnIsRecognised(String filler) {
        for (int vocabulary : new int[] {10, 64, 8192}) {
            TokenProbe probe = probe(vocabulary, filler);
            for (ProbeSlice slice : List.of(slice(16, 4), slice(64, 4), slice(64, 1))) {
                for (ProbeSequence drawn : ProbeData.draw(probe, slice, Split.TEST, 7, 50)) {
                    int[] answers = probe.answers(drawn.input(), slice);
                    assertEquals(slice.number("k"), drawn.scored());
                    IntStream.range(0, answers.length)
                            .filter(t -> drawn.labels()[t] != ProbeSequence.IGNORED)
                            .forEach(t -> assertEquals(answers[t], drawn.labels()[t]));
                }
            }
        }
    }

    @Test
    void shortGapsAreDrawnByTheirPower() {
        int draws = 20000;
        int[] counts = new int[7];
        for (ProbeSequence drawn : ProbeData.draw(probe(64, "zero"), slice(16, 1), Split.TRAIN, 3, draws)) {
            int query = IntStream.range(0, 16)
                    .filter(t -> drawn.labels()[t] != ProbeSequence.IGNORED)
                    .findFirst()
                    .orElseThrow();
            counts[(query - 2) / 2]++;
        }
        double[] weights =
                IntStream.rangeClosed(1, 7).mapToDouble(g -> Math.pow(g, -0.99)).toArray();
        double all = Arrays.stream(weights).sum();
        for (int g = 0; g < 7; g++) {
            double p = weights[g] / all;
            assertEquals(p, counts[g] / (double) draws, 4 * Math.sqrt(p * (1 - p) / draws), "gap " + g);
        }
    }

    @Test
    void aFullQueryPartHasEveryKeyInEverySlot() {
        ProbeSequence drawn = ProbeData.draw(probe(64, "zero"), slice(32, 8), Split.TEST, 1, 1)
                .get(0);
        assertEquals(8, drawn.scored());
        assertTrue(IntStream.range(0, 8).allMatch(g -> drawn.labels()[16 + 2 * g] != ProbeSequence.IGNORED));
    }

    @Test
    void tooManyPairsForTheVocabularyAreAnError() {
        InputException thrown = assertThrows(
                InputException.class, () -> ProbeData.draw(probe(16, "zero"), slice(64, 8), Split.TEST, 1, 1));
        assertTrue(thrown.getMessage().contains("k from 1 to 7"), thrown.getMessage());
    }
}
