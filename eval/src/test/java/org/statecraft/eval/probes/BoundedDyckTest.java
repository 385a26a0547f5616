package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.model.testing.Fixtures;

class BoundedDyckTest {
    private static final int KINDS = 8;
    private static final ProbeSlice ANY = ProbeSlice.lengths(1, 1400);

    private static TokenProbe probe(int depth) {
        return TokenProbe.of("bounded-dyck", Map.of("k", Integer.toString(KINDS), "m", Integer.toString(depth)));
    }

    @Test
    void closersAndNextSymbolsOfTheFixture() {
        for (JsonNode expected : EvalFixtures.objects("probes/bounded_dyck.jsonl")) {
            TokenProbe probe = TokenProbe.of(
                    "bounded-dyck",
                    Map.of(
                            "k",
                            expected.get("k").asText(),
                            "m",
                            expected.get("m").asText()));
            int[] input = EvalFixtures.ints(expected.get("input"));
            int[] answers = probe.answers(input, ANY);
            for (int t = 0; t < input.length; t++) {
                JsonNode closer = expected.get("closer_before").get(t + 1);
                assertEquals(closer.isNull() ? ProbeSequence.IGNORED : closer.intValue(), answers[t]);
            }
            if (input.length == 0) { // the fixture has the empty string, which asks nothing
                continue;
            }
            int[] targets = EvalFixtures.ints(expected.get("targets"));
            assertArrayEquals(
                    Arrays.copyOfRange(targets, 1, targets.length),
                    probe.trainingLabels(new ProbeSequence(input, answers, new int[0])));
        }
    }

    @Test
    void theProcessHasTheProbabilitiesOfTheFixture() {
        double[][] seen = new double[6][3];
        int strings = 4000;
        for (ProbeSequence drawn : ProbeData.draw(probe(5), ProbeSlice.lengths(1, 700), Split.TRAIN, 3, strings)) {
            int height = 0;
            for (int t = 0; t < drawn.input().length; t++) {
                if (t > 0) { // an empty string was not wanted, so the first symbol opens
                    seen[height][drawn.input()[t] < KINDS ? 0 : 1]++;
                }
                height += drawn.input()[t] < KINDS ? 1 : -1;
            }
            seen[0][2]++;
        }
        for (JsonNode expected : EvalFixtures.objects("probes/bounded_dyck.jsonl")) {
            for (int t = 1;
                    t < expected.get("p_next").size() && expected.get("m").intValue() == 5;
                    t++) {
                double[] p = EvalFixtures.doubles(expected.get("p_next").get(t));
                boolean empty = expected.get("depth_before").get(t).intValue() == 0;
                double[] counts = seen[expected.get("depth_before").get(t).intValue()];
                double all = Arrays.stream(counts).sum();
                assertEquals(KINDS * p[0], counts[0] / all, 4 * Math.sqrt(0.25 / all));
                assertEquals(empty ? 0 : 1 - KINDS * p[0], counts[1] / all, 4 * Math.sqrt(0.25 / all));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 10})
    void publishedStringsParse(int depth) {
        Path file = Fixtures.dir("eval", "probes").resolve("bounded_dyck_k8_m" + depth + ".txt");
        parse(EvalFixtures.lines(file), depth);
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "statecraft.probes", matches = ".+")
    @ValueSource(ints = {5, 10})
    void allPublishedStringsParseAndAreAsLongAsOurs(int depth) {
        Path folder = Path.of(System.getProperty("statecraft.probes"), "bounded_dyck");
        List<String> strings = EvalFixtures.lines(folder.resolve("k8_m" + depth + "_tr2000000.dev.gz"));
        parse(strings, depth);
        double published = strings.stream()
                .mapToInt(string -> string.split(" ", -1).length - 1)
                .average()
                .orElseThrow();
        double ours = ProbeData.draw(probe(depth), ProbeSlice.lengths(1, 700), Split.TRAIN, 1, strings.size()).stream()
                .mapToInt(drawn -> drawn.input().length)
                .average()
                .orElseThrow();
        assertEquals(published, ours, 0.05 * published);
    }

    private static void parse(List<String> strings, int depth) {
        TokenProbe probe = probe(depth);
        List<String> alphabet = probe.alphabet();
        assertTrue(strings.size() >= 20);
        for (String string : strings) {
            String[] tokens = string.split(" ", -1);
            assertEquals("END", tokens[tokens.length - 1]);
            int[] input = Arrays.stream(tokens, 0, tokens.length - 1)
                    .mapToInt(alphabet::indexOf)
                    .toArray();
            assertEquals(input.length, probe.answers(input, ANY).length);
        }
    }

    @Test
    void lengthsThatChanceHardlyReachesAreDrawnToo() {
        for (ProbeSequence drawn : ProbeData.draw(probe(5), ProbeSlice.lengths(701, 1400), Split.TEST, 1, 5)) {
            assertTrue(drawn.input().length > 700);
            assertArrayEquals(probe(5).answers(drawn.input(), ANY), drawn.labels());
        }
    }
}
