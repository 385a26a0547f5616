package org.statecraft.eval.fidelity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.MetricValue;
import org.statecraft.eval.results.ModelFacts;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.results.RunFacts;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.statistics.PairedDifference;
import org.statecraft.model.testing.Fixtures;

class FidelityTaskTest {
    private static final double BIT = Math.log(2);

    @TempDir
    private Path folder;

    private static FidelityTask task(int... lastTokens) {
        List<FidelityWindow> windows = List.of(
                new FidelityWindow(3, new int[] {1, 2, lastTokens[0]}, 1, "ab", "c", 1),
                new FidelityWindow(8, new int[] {5, lastTokens[1]}, 1, "d", "ef", 2));
        List<FidelityScore> scores = List.of(
                new FidelityScore(3 * BIT, 4 * BIT, 1, 0.25, 1, true),
                new FidelityScore(2 * BIT, 8 * BIT, 2, 0.75, 0.5, false));
        return new FidelityTask("a.txt", new FidelitySettings(1, 2, 1, 2, 7), windows, scores);
    }

    @Test
    void everyMetricIsTheMeanOverTheWindowsOfTheirOwnNumbers() {
        Map<String, MetricValue> metrics = task(3, 4).metrics();
        check(4, 0, false, metrics.get("continuation_bits_per_byte"));
        check(2, 1, false, metrics.get("continuation_bits_per_byte_change"));
        check(0.5, 0.25, false, metrics.get("kl_divergence"));
        check(0.75, 0.25, true, metrics.get("argmax_agreement"));
    }

    private static void check(double value, double stderr, boolean higherIsBetter, MetricValue found) {
        assertEquals(value, found.value(), 1e-12);
        assertEquals(stderr, found.stderr(), 1e-12);
        assertEquals(2, found.n());
        assertEquals(higherIsBetter, found.higherIsBetter());
    }

    @Test
    void theChangeIsPairedByWindow() {
        PairedDifference change = task(3, 4).change();
        assertEquals(2, change.mean(), 1e-12);
        assertEquals(1, change.stderr(), 1e-12);
        // Student's t with one degree of freedom
        assertEquals(2 - 12.7062047, change.interval(0.95).low(), 1e-6);
    }

    @Test
    void oneWindowHasNoError() {
        FidelityTask two = task(3, 4);
        FidelityTask one = new FidelityTask(
                "a.txt",
                two.settings(),
                two.windows().subList(0, 1),
                two.scores().subList(0, 1));
        assertNull(one.metrics().get("kl_divergence").stderr());
    }

    @Test
    void aWindowHasAHashThatChangesWithAnyOfItsTokens() {
        assertEquals(task(3, 4).hash(), task(3, 4).hash());
        assertNotEquals(task(3, 4).hash(), task(3, 5).hash());
    }

    @Test
    void resultsAreWrittenInTheLayoutOfTasks() throws IOException {
        Path file = folder.resolve("03-fidelity.json");
        new ResultsWriter(
                        List.of(task(3, 4)),
                        new EvaluationOptions(EvaluationOptions.ALL, 0),
                        new ModelFacts("m", Map.of(), 1, "float32", "cpu", 0),
                        new ScoringOptions(4, 3),
                        new RunFacts(Instant.EPOCH, Duration.ZERO, null))
                .write(file, Map.of());
        JsonNode json = Fixtures.json(file);
        assertEquals(0.5, json.at("/results/fidelity/kl_divergence,none").doubleValue());
        assertEquals(
                0.25, json.at("/results/fidelity/kl_divergence_stderr,none").doubleValue());
        assertEquals(task(3, 4).hash(), json.at("/task_hashes/fidelity").textValue());
        assertEquals(1.0, json.at("/versions/fidelity").doubleValue());
        assertEquals(7, json.at("/configs/fidelity/metadata/statecraft/seed").intValue());

        List<String> lines = Files.readAllLines(folder.resolve("03-fidelity/samples_fidelity.jsonl"));
        assertEquals(2, lines.size());
        JsonNode second = EvalFixtures.parse(lines.get(1));
        assertEquals(1, second.get("doc_id").intValue());
        assertEquals(3.0, second.get("continuation_bits_per_byte_change").doubleValue(), 1e-12);
        assertEquals(1.0, second.at("/statecraft/base_bits_per_byte").doubleValue(), 1e-12);
        assertEquals(-8 * BIT, Double.parseDouble(second.at("/resps/0/0/0").textValue()), 1e-12);
        assertEquals("False", second.at("/filtered_resps/0/1").textValue());
        assertNotEquals(EvalFixtures.parse(lines.get(0)).get("doc_hash"), second.get("doc_hash"));
    }
}
