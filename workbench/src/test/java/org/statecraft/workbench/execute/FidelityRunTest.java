package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.workbench.compare.Documents;
import org.statecraft.workbench.gate.CandidateScore;
import org.statecraft.workbench.gate.MetricKey;
import org.statecraft.workbench.gate.RunScores;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.Workplace;

/** A model is compared with its base before and after a tuning, and after a merge. */
class FidelityRunTest {
    private static final String RECIPE =
            """
            name: faithful
            model: models/books-4m
            seed: 7
            threads: 1
            steps:
              - fidelity: {text: held-out.txt, contexts: [16, 48], continuation: 8, windows: 6, label: untouched}
              - tune:
                  method: {type: lora, targets: [out_proj], rank: 2, alpha: 4}
                  data: {text: train.txt, length: 16}
                  optimizer: {learning-rate: 1e-2, steps: 6, batch: 2}
              - fidelity: {text: held-out.txt, contexts: [16, 48], continuation: 8, windows: 6}
              - merge: {}
              - fidelity: {text: held-out.txt, contexts: [16, 48], continuation: 8, windows: 6}
              - fidelity:
                  text: held-out.txt
                  base: models/books-4m
                  contexts: [16, 48]
                  continuation: 8
                  windows: 6
                  batch: 6
                  label: named base
            """;

    private static final String AFTER = "fidelity after tune";

    @TempDir
    private static Path folder;

    private static Workplace place;
    private static RunDirectory run;

    @BeforeAll
    static void makeRun() throws IOException, InterruptedException {
        place = new Workplace(folder);
        Files.writeString(place.recipe(), RECIPE);
        run = place.run();
    }

    private static Map<String, Summary.Score> scores(int evaluation) {
        return Summary.read(run).evaluations().get(evaluation).tasks().get("fidelity");
    }

    private static double value(int evaluation, String metric) {
        return scores(evaluation).get(metric).value();
    }

    @Test
    void theSummaryHasTheStepsAsEvaluations() {
        Summary summary = Summary.read(run);
        assertEquals(
                List.of("untouched", AFTER, "fidelity after merge", "named base"),
                summary.evaluations().stream().map(Summary.Evaluation::label).toList());
        assertEquals(6, scores(1).get("kl_divergence").n());
        assertTrue(scores(1).get("kl_divergence").stderr() > 0);
        assertTrue(scores(1).get("argmax_agreement").higherIsBetter());
    }

    @Test
    void anUntouchedModelIsItsBase() {
        assertEquals(0, value(0, "kl_divergence"));
        assertEquals(0, value(0, "continuation_bits_per_byte_change"));
        assertEquals(1, value(0, "argmax_agreement"));
    }

    @Test
    void aTunedModelIsNot() {
        assertTrue(value(1, "kl_divergence") > 1e-5);
        assertNotEquals(0, value(1, "continuation_bits_per_byte_change"));
        assertEquals(
                value(1, "continuation_bits_per_byte") - value(0, "continuation_bits_per_byte"),
                value(1, "continuation_bits_per_byte_change"),
                1e-9);
    }

    @Test
    void behindAMergeTheBaseIsStillTheModelOfTheRecipe() {
        assertEquals(value(1, "kl_divergence"), value(2, "kl_divergence"), 1e-5);
        assertEquals(value(2, "kl_divergence"), value(3, "kl_divergence"), 1e-5);
    }

    @Test
    void resultsAndSamplesStandUnderTheNameOfTheStep() throws IOException {
        Path file = run.results().resolve("02-fidelity.json");
        assertEquals(file, run.evaluation(2));
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals(
                value(1, "kl_divergence"),
                json.at("/results/fidelity/kl_divergence,none").doubleValue());
        JsonNode base = json.at("/statecraft/base");
        assertEquals("models/books-4m", base.get("model").textValue());
        assertEquals(
                value(1, "continuation_bits_per_byte_change"),
                base.get("change").doubleValue(),
                1e-12);
        assertTrue(base.at("/changeInterval95/0").doubleValue()
                < base.get("change").doubleValue());
        Documents before = Documents.read(Documents.file(run.documentSamples(0), "fidelity"));
        Documents after = Documents.read(Documents.file(run.documentSamples(2), "fidelity"));
        assertEquals(6, after.size());
        assertTrue(before.sameAs(after), "the windows are the same");
    }

    @Test
    void theGateSeesTheWindowsOfEachMetric() {
        Map<MetricKey, CandidateScore> scores = RunScores.of(run).scores();
        for (String metric : scores(1).keySet()) {
            CandidateScore score = scores.get(new MetricKey(AFTER, "fidelity", metric));
            assertNotNull(score.documents().shares(), metric);
            assertEquals("1.0", score.taskVersion());
        }
    }

    @Test
    void compareTestsTheDifferenceOfTwoRunsWindowByWindow() throws IOException, InterruptedException {
        RunDirectory other = place.run("--quiet", "--set", "steps[1].tune.optimizer.learning-rate=1e-3");
        Program.Ended ended = place.start("compare", "--json", "table.json", run.id(), other.id())
                .await();
        assertEquals(0, ended.exitCode(), ended::toString);
        int intervals = 0;
        JsonNode table =
                new ObjectMapper().readTree(folder.resolve("table.json").toFile());
        for (JsonNode section : table.get("sections")) {
            for (JsonNode row : section) {
                boolean divergence = row.toString().contains("\"kl_divergence\"")
                        && row.toString().contains("\"" + AFTER + "\"");
                for (Map.Entry<String, JsonNode> cell : row.properties()) {
                    intervals += divergence
                                    && cell.getKey().contains("low")
                                    && cell.getValue().isNumber()
                            ? 1
                            : 0;
                }
            }
        }
        assertEquals(1, intervals, table::toString);
    }

    @Test
    void aTextWithoutRoomForAllWindowsFailsTheRunWithItsName() throws InterruptedException {
        Program.Ended ended = place.start(
                        "run", "--runs", "short", "--set", "steps[0].fidelity.windows=150", "recipe.yaml")
                .await();
        assertEquals(1, ended.exitCode(), ended::toString);
        String all = ended.out() + ended.err();
        assertTrue(all.contains("held-out.txt has "), all);
        assertTrue(all.contains("expected room for 150"), all);
    }
}
