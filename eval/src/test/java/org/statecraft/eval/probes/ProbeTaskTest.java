package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.Evaluator;
import org.statecraft.eval.MetricValue;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.eval.results.ModelFacts;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.results.RunFacts;
import org.statecraft.eval.scoring.Answers;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.scoring.Marks;
import org.statecraft.eval.scoring.Request;
import org.statecraft.eval.scoring.RollingLogLikelihood;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.scoring.WrittenAnswer;
import org.statecraft.eval.tasks.Document;
import org.statecraft.model.generate.Generation;

/** Probes as tasks: a model that knows every answer scores 1 on each slice, one that knows none scores what chance gives. */
class ProbeTaskTest {
    private static final TextSource SOURCE =
            new TextSource(text -> text.split("\\s+", -1).length, "one two three four five six seven eight nine ten");

    @TempDir
    private Path folder;

    /** A model whose likelihoods are given, and which writes what it is told to after each prompt. */
    private record Told(ToDoubleFunction<Request.Continuation> likelihood, Map<String, String> texts)
            implements Scorer {
        @Override
        public void logLikelihood(List<Request.Continuation> requests, Answers<LogLikelihood> answers) {
            for (int i = 0; i < requests.size(); i++) {
                answers.answer(i, new LogLikelihood(likelihood.applyAsDouble(requests.get(i)), false));
            }
        }

        @Override
        public void rolling(List<Request.Rolling> requests, Answers<RollingLogLikelihood> answers) {
            assertEquals(List.of(), requests);
        }

        @Override
        public void generate(List<Request.Generate> requests, Answers<WrittenAnswer> answers) {
            for (int i = 0; i < requests.size(); i++) {
                String text = texts.getOrDefault(requests.get(i).prompt(), "nothing");
                Generation generation = new Generation(text, new int[] {1, 2}, Generation.Finish.STOP_TEXT);
                answers.answer(i, new WrittenAnswer(generation, null, null, 0));
            }
        }
    }

    private static List<ProbeSlice> slices(String... labels) {
        return Stream.of(labels).map(ProbeSlice::parse).toList();
    }

    private static TextProbeTask text(String type, int examples, String... labels) {
        TextProbe probe = TextProbe.of(type, Map.of(), SOURCE);
        ProbeSet set = new ProbeSet(type, Map.of(), slices(labels), 3, examples);
        return new TextProbeTask(probe, set, TextProbeTask.Answering.BOTH, 40, () -> {});
    }

    private static ProbeResult evaluated(TextProbeTask probe, Scorer scorer) {
        return probe.result(Evaluator.run(
                        List.of(probe.task()),
                        scorer,
                        EvaluationOptions.defaults(),
                        AnswerCache.NONE,
                        (name, done, total) -> {})
                .tasks()
                .get(0));
    }

    private static Scorer knowing(TextProbeTask probe) {
        Map<String, String> answers = new HashMap<>();
        for (Document document : probe.task().documents(all -> all).used()) {
            answers.put(document.prompt(), " " + document.target());
        }
        return new Told(pair -> pair.continuation().equals(answers.get(pair.context())) ? -2 : -3, answers);
    }

    private static Map<String, Double> values(ProbeResult probe) {
        Map<String, Double> values = new HashMap<>();
        probe.result().metrics().forEach((metric, value) -> values.put(metric.key(), value.value()));
        return values;
    }

    @Test
    void aModelThatKnowsTheAnswersScoresOneOnEverySlice() {
        TextProbeTask needle = text("needle", 4, "T=90 depth=0", "T=90 depth=100");
        assertEquals(
                Map.of(
                        "acc [T=90 depth=0]", 1.0,
                        "acc [T=90 depth=100]", 1.0,
                        "acc_all", 1.0,
                        "contained [T=90 depth=0]", 1.0,
                        "contained [T=90 depth=100]", 1.0,
                        "contained_all", 1.0),
                values(evaluated(needle, knowing(needle))));
        TextProbeTask book = text("phone-book", 4, "N=12");
        assertEquals(Map.of("acc [N=12]", 1.0, "exact [N=12]", 1.0), values(evaluated(book, knowing(book))));
        TextProbeTask copy = text("text-copying", 3, "T=5", "T=6");
        assertEquals(
                Map.of("exact [T=5]", 1.0, "exact [T=6]", 1.0, "exact_all", 1.0),
                values(evaluated(copy, knowing(copy))));
    }

    @Test
    void aModelThatTellsNothingApartScoresWhatChanceGives() {
        int examples = 300;
        ProbeResult found = evaluated(text("needle", examples, "T=90 depth=50"), new Told(pair -> -5, Map.of()));
        MetricValue acc = found.result().value("acc [T=90 depth=50]");
        assertEquals(0.1, found.chance().get("acc [T=90 depth=50]"), 1e-12);
        assertEquals(examples, acc.n());
        assertEquals(0.1, acc.value(), 4 * Math.sqrt(0.09 / examples));
        assertEquals(0.0, found.result().value("contained [T=90 depth=50]").value());
    }

    @Test
    void onlyRankingOrOnlyWritingAsksNoMore() {
        TextProbe probe = TextProbe.of("needle", Map.of(), SOURCE);
        ProbeSet set = new ProbeSet("needle", Map.of(), slices("T=90 depth=50"), 3, 2);
        TextProbeTask ranked = new TextProbeTask(probe, set, TextProbeTask.Answering.RANKED, 40, () -> {});
        TextProbeTask written = new TextProbeTask(probe, set, TextProbeTask.Answering.WRITTEN, 40, () -> {});
        assertEquals(
                Set.of("acc [T=90 depth=50]"),
                values(evaluated(ranked, knowing(ranked))).keySet());
        assertEquals(
                Set.of("contained [T=90 depth=50]"),
                values(evaluated(written, knowing(written))).keySet());
        Document document = written.task().documents(all -> all).used().get(0);
        assertEquals(40, ((Request.Generate) document.requests().get(0)).how().maxTokens());
    }

    /** A judge of sequences: the share of right positions follows from what it answers. */
    private static TokenProbeTask.Judge judge(ToDoubleFunction<Integer> rightOf) {
        return (probe, slice, sequences, progress) -> {
            List<Marks> marks = sequences.stream()
                    .map(sequence -> new Marks(IntStream.range(0, sequence.scored())
                            .mapToObj(i -> rightOf.applyAsDouble(sequence.candidates().length) > 0)
                            .toList()))
                    .toList();
            Baselines baselines = new Baselines(sequences);
            progress.at(sequences.size(), sequences.size());
            return new SliceScore(slice, marks, baselines.guess(), baselines.constant());
        };
    }

    private static TokenProbeTask recall(int examples, long seed) {
        TokenProbe probe = TokenProbe.of("mqar", Map.of("vocab", "32"));
        return new TokenProbeTask(
                probe, new ProbeSet("mqar", Map.of("vocab", "32"), slices("T=16 k=2", "T=32 k=8"), seed, examples));
    }

    @Test
    void sequencesAreScoredByTheirPositionsAndAsAWhole() {
        ProbeResult perfect = recall(5, 0).score(judge(candidates -> 1), Ranking.CANDIDATES, (done, total) -> {});
        assertEquals(
                Map.of(
                        "acc [T=16 k=2]", 1.0,
                        "acc [T=32 k=8]", 1.0,
                        "acc_all", 1.0,
                        "whole [T=16 k=2]", 1.0,
                        "whole [T=32 k=8]", 1.0,
                        "whole_all", 1.0),
                values(perfect));
        PythonRandom random = new PythonRandom(5);
        List<List<Integer>> told = new ArrayList<>();
        ProbeResult blind = recall(200, 0)
                .score(
                        judge(candidates -> random.below(candidates) == 0 ? 1 : 0),
                        Ranking.CANDIDATES,
                        (done, total) -> told.add(List.of(done, total)));
        for (String slice : List.of("acc [T=16 k=2]", "acc [T=32 k=8]")) {
            MetricValue value = blind.result().value(slice);
            double chance = blind.chance().get(slice);
            assertEquals(200, value.n());
            assertEquals(chance, value.value(), 4 * value.stderr(), slice);
        }
        assertEquals(0.5, blind.chance().get("acc [T=16 k=2]"), 1e-12);
        assertEquals(0.125, blind.chance().get("acc [T=32 k=8]"), 1e-12);
        assertEquals(List.of(List.of(200, 400), List.of(400, 400)), told, "progress over all slices");
    }

    @Test
    void sequencesOfOneQuestionHaveNoOtherMeasure() {
        TokenProbe probe = TokenProbe.of("induction", Map.of());
        TokenProbeTask task = new TokenProbeTask(probe, new ProbeSet("induction", Map.of(), slices("T=16"), 0, 5));
        assertEquals(
                Map.of("acc [T=16]", 1.0),
                values(task.score(judge(candidates -> 1), Ranking.CANDIDATES, (done, total) -> {})));
    }

    @Test
    void aSmallLanguageHasFewerSequencesThanWanted() {
        TokenProbe probe = TokenProbe.of("aa-star", Map.of());
        TokenProbeTask task = new TokenProbeTask(probe, new ProbeSet("aa-star", Map.of(), slices("T=2-10"), 0, 100));
        assertEquals(Map.of(ProbeSlice.parse("T=2-10"), 5), task.drawn());
    }

    @Test
    void aSampleCountsOnItsOwnSliceAndPairsWithTheSameSequenceOfAnotherRun() throws IOException {
        List<JsonNode> first = samples(recall(3, 0), "first");
        List<JsonNode> again = samples(recall(3, 0), "again");
        List<JsonNode> other = samples(recall(3, 1), "other");
        assertEquals(hashes(first), hashes(again));
        assertNotEquals(hashes(first), hashes(other));
        assertEquals(6, first.size());
        for (JsonNode sample : first) {
            String own = "acc [" + sample.at("/doc/slice").asText() + "]";
            String another = own.equals("acc [T=16 k=2]") ? "acc [T=32 k=8]" : "acc [T=16 k=2]";
            assertEquals(1.0, sample.path(own).doubleValue(), sample::toString);
            assertTrue(sample.has(another) && sample.path(another).isNull(), sample::toString);
            assertEquals(1.0, sample.path("acc_all").doubleValue());
            assertFalse(sample.has("statecraft"), "nothing was written");
        }
        JsonNode results =
                new ObjectMapper().readTree(folder.resolve("first.json").toFile());
        assertEquals(1.0, results.at("/results/mqar/acc [T=16 k=2],none").doubleValue());
        assertEquals("1.0", results.at("/versions/mqar").asText());
        assertEquals("mqar", results.at("/configs/mqar/dataset_name").asText());
        assertEquals(6, results.at("/n-samples/mqar/effective").intValue());
    }

    private List<JsonNode> samples(TokenProbeTask task, String name) throws IOException {
        ProbeResult found = task.score(judge(candidates -> 1), Ranking.CANDIDATES, (done, total) -> {});
        EvaluationResult result = new EvaluationResult(List.of(found.result()), EvaluationOptions.defaults());
        ModelFacts model = new ModelFacts("tiny", Map.of(), 1, "float32", "cpu", 0);
        new ResultsWriter(result, model, new ScoringOptions(1, 64), new RunFacts(Instant.EPOCH, Duration.ZERO, null))
                .write(folder.resolve(name + ".json"), Map.of());
        List<JsonNode> samples = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(name).resolve("samples_mqar.jsonl"))) {
            samples.add(new ObjectMapper().readTree(line));
        }
        return samples;
    }

    private static Set<String> hashes(List<JsonNode> samples) {
        return samples.stream().map(sample -> sample.path("doc_hash").asText()).collect(Collectors.toSet());
    }
}
