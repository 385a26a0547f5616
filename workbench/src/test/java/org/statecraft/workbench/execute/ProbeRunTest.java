package org.statecraft.workbench.execute;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.statecraft.workbench.gate.CandidateScore;
import org.statecraft.workbench.gate.MetricKey;
import org.statecraft.workbench.gate.RunScores;
import org.statecraft.workbench.run.Event;
import org.statecraft.workbench.run.EventLog;
import org.statecraft.workbench.run.RunDirectory;
import org.statecraft.workbench.run.Summary;
import org.statecraft.workbench.testing.Program;
import org.statecraft.workbench.testing.RunContent;
import org.statecraft.workbench.testing.Workplace;

/** Probes before and after a tuning of the bundled model. */
class ProbeRunTest {
    private static final String RECIPE =
            """
            name: probed
            model: models/books-4m
            seed: 7
            threads: 1
            steps:
              - probe: &probes
                  probes:
                    - {type: induction, slices: [T=12, T=24], examples: 4}
                    - {type: mqar, name: recall-of-two, options: {vocab: 16}, slices: [T=16 k=2], examples: 3}
                    - {type: needle, options: {lengths: [120, 200], depths: 2, decoys: 3}, examples: 2}
                    - {type: text-copying, text: train.txt, slices: [T=3], examples: 2}
                  max-tokens: 3
              - tune:
                  method: {type: state-offset, form: low-rank, rank: 2}
                  data: {text: train.txt, length: 16}
                  optimizer: {learning-rate: 1e-2, steps: 3, batch: 2}
              - probe: *probes
            """;

    private static final String TRAINED =
            """
            name: trained
            threads: 1
            steps:
              - train:
                  model: {type: mamba2, layers: 1, hidden-size: 32, state-size: 8, head-dim: 16}
                  data: {probe: {type: recall, options: {vocab: 8}, slices: [k=2], examples: 8}}
                  optimizer: {learning-rate: 1e-2, steps: 2, batch: 4}
              - probe: {probes: [{type: recall, options: {vocab: 8}, slices: [k=2, k=4], examples: 5}]}
            """;

    @TempDir
    private static Path folder;

    private static Workplace place;
    private static RunDirectory first;
    private static RunDirectory second;

    @BeforeAll
    static void runTwice() throws IOException, InterruptedException {
        place = new Workplace(folder);
        Files.writeString(place.recipe(), RECIPE);
        first = place.run("--quiet");
        second = place.run("--quiet", "--set", "steps[0].probe.cache=false", "--set", "steps[0].probe.batch=8");
    }

    private static JsonNode results(int step) throws IOException {
        return new ObjectMapper().readTree(first.evaluation(step).toFile());
    }

    @Test
    void everySliceIsAMetricOfTheSummary() throws IOException {
        Summary summary = Summary.read(first);
        assertEquals(
                List.of("probes base", "probes after tune"),
                summary.evaluations().stream().map(Summary.Evaluation::label).toList());
        Map<String, Map<String, Summary.Score>> tasks =
                summary.evaluations().get(0).tasks();
        assertEquals(List.of("induction", "recall-of-two", "needle", "text-copying"), List.copyOf(tasks.keySet()));
        assertEquals(
                List.of("acc [T=12]", "acc [T=24]", "acc_all"),
                List.copyOf(tasks.get("induction").keySet()));
        assertEquals(
                List.of("acc [T=16 k=2]", "whole [T=16 k=2]"),
                List.copyOf(tasks.get("recall-of-two").keySet()));
        assertEquals(
                List.of("exact [T=3]"), List.copyOf(tasks.get("text-copying").keySet()));
        Summary.Score score = tasks.get("needle").get("acc [T=120 depth=100]");
        assertEquals(2, score.n());
        assertTrue(score.higherIsBetter());
        assertEquals(
                score.value(),
                results(0).at("/results/needle/acc [T=120 depth=100],none").doubleValue());
    }

    @Test
    void theResultFileSaysWhatChanceGives() throws IOException {
        JsonNode probes = results(0).at("/statecraft/probes");
        assertEquals(1 / 16.0, probes.at("/induction/chance/acc [T=12]").doubleValue(), 1e-12);
        assertEquals(0.5, probes.at("/recall-of-two/chance/acc [T=16 k=2]").doubleValue(), 1e-12);
        assertEquals(0.25, probes.at("/needle/chance/acc [T=200 depth=0]").doubleValue(), 1e-12);
        assertTrue(probes.at("/induction/constant/acc [T=12]").doubleValue() > 0);
        assertEquals("mqar", probes.at("/recall-of-two/type").asText());
    }

    @Test
    void needlesHaveAMapOfLengthsAndDepths() throws IOException {
        Path samples = first.documentSamples(0);
        for (String metric : List.of("acc", "contained")) {
            String svg = Files.readString(samples.resolve("needle-" + metric + ".svg"));
            assertTrue(svg.startsWith("<svg") && svg.contains("T=200"), svg);
            List<String> lines = Files.readAllLines(samples.resolve("needle-" + metric + ".txt"));
            assertTrue(lines.get(2).matches("depth +T=120 +T=200"), lines::toString);
            assertTrue(lines.get(4).startsWith("100 %"), lines::toString);
        }
        assertTrue(EventLog.read(first.events()).stream()
                .anyMatch(
                        event -> event instanceof Event.Note note && note.text().startsWith("  100 %")));
    }

    @Test
    void twoRunsOfOneSeedGiveTheSameBytes() throws IOException {
        RunContent one = RunContent.of(first);
        List<String> differences = one.differences(RunContent.of(second)).stream()
                .filter(line -> line.startsWith("results/") && !line.contains(".json:"))
                .toList();
        assertEquals(List.of(), differences);
        assertEquals(Summary.read(first).evaluations(), Summary.read(second).evaluations());
        assertEquals(List.of(), RunContent.halfWritten(first.path()));
    }

    @Test
    void progressIsToldForEachProbe() {
        List<String> told = EventLog.read(first.events()).stream()
                .filter(Event.EvaluationProgress.class::isInstance)
                .map(event -> ((Event.EvaluationProgress) event).task())
                .distinct()
                .toList();
        assertEquals(List.of("induction", "recall-of-two", "2 tasks"), told);
    }

    @Test
    void comparisonAndGatePairSequenceBySequence() throws InterruptedException {
        Program.Ended ended = place.start("compare", first.id(), second.id()).await();
        assertEquals(0, ended.exitCode(), ended::toString);
        assertTrue(ended.out().contains("acc [T=24]"), ended.out());
        String row = ended.out()
                .lines()
                .filter(line -> line.contains("recall-of-two") && line.contains(" acc [T=16 k=2]"))
                .findFirst()
                .orElseThrow();
        assertTrue(row.contains("+0.0000 ± 0.0000") || row.contains("0.0000 ± 0.0000"), row);
        CandidateScore score =
                RunScores.of(first).scores().get(new MetricKey("probes base", "induction", "acc [T=12]"));
        assertEquals(8, score.documents().documents().size(), "of both slices");
        assertEquals(4, score.n());
        assertEquals("1.0", score.taskVersion());
    }

    @Test
    void aModelTrainedOnTheProbeIsAskedForTheLikeliestOfAllTokens() throws IOException, InterruptedException {
        Workplace trained = new Workplace(folder.resolve("trained"));
        Files.writeString(trained.recipe(), TRAINED);
        RunDirectory run = trained.run("--quiet");
        JsonNode results = new ObjectMapper().readTree(run.evaluation(1).toFile());
        assertEquals(
                "generate_until", results.at("/statecraft/probes/recall/asked").asText());
        // 8 symbols, the trigger and what ends a text
        assertEquals(
                1 / 10.0,
                results.at("/statecraft/probes/recall/chance/acc [k=2]").doubleValue(),
                1e-12);
        assertEquals(
                "probes after train", Summary.read(run).evaluations().get(0).label());
    }
}
