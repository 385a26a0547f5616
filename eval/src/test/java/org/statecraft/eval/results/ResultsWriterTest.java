package org.statecraft.eval.results;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.Evaluator;
import org.statecraft.eval.TaskResult;
import org.statecraft.eval.TestTasks;
import org.statecraft.eval.UniformScorer;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.scoring.TextScorer;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.Fixtures;

class ResultsWriterTest {
    /** Keys of the harness about its Python packages. */
    private static final Set<String> NOT_OURS =
            Set.of("pretty_env_info", "transformers_version", "lm_eval_version", "upper_git_hash");

    @TempDir
    Path folder;

    private EvaluationResult result;

    @BeforeEach
    void evaluate() {
        List<JsonNode> samples = EvalFixtures.objects(EvalFixtures.harnessSamples("zeroshot", "lambada_openai"));
        String[] words =
                samples.stream().map(sample -> sample.get("doc").toString()).toArray(String[]::new);
        try (Tokenizer tokenizer = EvalFixtures.tokenizer()) {
            result = Evaluator.run(
                    List.of(
                            TestTasks.lastWord("lambada_openai", words),
                            TestTasks.text("page", "A page of text.\nIts second line, – done.\n")),
                    new TextScorer(tokenizer, new UniformScorer(-3.25, 2048)),
                    new EvaluationOptions(60, 1000),
                    AnswerCache.NONE,
                    (task, done, total) -> {});
        }
    }

    private Path write(String name, Instant started) {
        Path file = folder.resolve("results").resolve(name);
        new ResultsWriter(
                        result,
                        new ModelFacts("models/books-4m", Map.of(), 4_000_000, "float32", "cpu", 0),
                        new ScoringOptions(16, 2048),
                        new RunFacts(started, Duration.ofMillis(1500), null))
                .write(file, Map.of("kernel", "reference"));
        return file;
    }

    @Test
    void writtenScoresReadBackAsTheyWere() {
        JsonNode file = Fixtures.json(write("02-evaluate.json", Instant.EPOCH));
        for (TaskResult task : result.tasks()) {
            JsonNode scores = file.get("results").get(task.task().name());
            task.metrics().forEach((metric, value) -> {
                checkNumber(value.value(), scores.get(metric.key() + ",none"));
                checkNumber(value.stderr(), scores.get(metric.key() + "_stderr,none"));
                assertEquals(
                        value.higherIsBetter(),
                        file.at("/higher_is_better/" + task.task().name() + "/" + metric.key())
                                .booleanValue());
            });
            assertEquals(
                    task.hash(), file.get("task_hashes").get(task.task().name()).textValue());
        }
        assertEquals(1.0, file.at("/versions/lambada_openai").doubleValue());
        assertEquals("2-beta", file.at("/versions/page").textValue());
        assertEquals("reference", file.at("/statecraft/kernel").textValue());
        assertEquals("models__books-4m", file.get("model_name_sanitized").textValue());
    }

    private static void checkNumber(Double expected, JsonNode found) {
        if (expected == null) {
            assertEquals("N/A", found.textValue());
        } else {
            assertEquals(expected, found.doubleValue());
        }
    }

    @Test
    void theFileHasTheKeysOfTheHarnessAndOneMore() {
        JsonNode ours = Fixtures.json(write("02-evaluate.json", Instant.EPOCH));
        JsonNode theirs = EvalFixtures.harnessResults("zeroshot");
        Set<String> expected = names(theirs);
        expected.removeAll(NOT_OURS);
        expected.add("statecraft");
        assertEquals(expected, names(ours));
        assertEquals(names(theirs.get("config")), names(ours.get("config")));
        String scores = "/results/lambada_openai";
        assertEquals(ordered(theirs.at(scores)), ordered(ours.at(scores)));
        String metrics = "/configs/lambada_openai/metric_list";
        assertEquals(theirs.at(metrics), ours.at(metrics));
    }

    @Test
    void aSampleDiffersFromTheHarnesssOnlyInTheModelsAnswer() throws IOException {
        List<JsonNode> theirs = EvalFixtures.objects(EvalFixtures.harnessSamples("zeroshot", "lambada_openai"));
        List<JsonNode> ours = samples(write("02-evaluate.json", Instant.EPOCH), "lambada_openai");
        assertEquals(theirs.size(), ours.size());
        for (int i = 0; i < ours.size(); i++) {
            assertEquals(ordered(theirs.get(i)), ordered(ours.get(i)));
            assertEquals(withoutAnswer(theirs.get(i)), withoutAnswer(ours.get(i)));
        }
    }

    private static JsonNode withoutAnswer(JsonNode sample) {
        return ((ObjectNode) sample.deepCopy()).without(List.of("resps", "filtered_resps", "perplexity", "acc"));
    }

    @Test
    void answersAreStringsAndRollingMetricsPairs() throws IOException {
        Path file = write("02-evaluate.json", Instant.EPOCH);
        JsonNode word = samples(file, "lambada_openai").get(0);
        assertEquals("[[[\"-3.25\",\"False\"]]]", word.get("resps").toString());
        assertEquals("[[\"-3.25\",\"False\"]]", word.get("filtered_resps").toString());
        assertEquals("-3.25", word.get("perplexity").toString());
        assertEquals("0", word.get("acc").toString());
        JsonNode page = samples(file, "page").get(0);
        assertEquals(1, page.get("resps").size());
        assertEquals(page.get("filtered_resps").get(0), page.get("resps").get(0).get(0));
        assertEquals(43, page.get("bits_per_byte").get(1).intValue());
        assertEquals(10, page.get("word_perplexity").get(1).intValue());
        assertEquals(page.get("prompt_hash"), page.get("target_hash"));
    }

    @Test
    void onlyTheDateDiffersBetweenTwoFilesOfTheSameRun() throws IOException {
        Path first = write("01-evaluate.json", Instant.EPOCH);
        Path second = write("02-evaluate.json", Instant.ofEpochMilli(1_795_345_202_600L));
        ObjectNode before = (ObjectNode) Fixtures.json(first);
        ObjectNode after = (ObjectNode) Fixtures.json(second);
        assertEquals(1_795_345_202.6, after.get("date").doubleValue());
        after.set("date", before.get("date"));
        assertEquals(before, after);
        for (String task : List.of("lambada_openai", "page")) {
            assertEquals(Files.readString(samplesFile(first, task)), Files.readString(samplesFile(second, task)));
        }
    }

    @Test
    void aFileThatIsNotJsonByNameIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> write("02-evaluate", Instant.EPOCH));
        assertTrue(Files.notExists(folder.resolve("results")));
    }

    private static Path samplesFile(Path file, String task) {
        String folder = file.getFileName().toString().replace(".json", "");
        return file.resolveSibling(folder).resolve("samples_" + task + ".jsonl");
    }

    private static List<JsonNode> samples(Path file, String task) throws IOException {
        return EvalFixtures.objects(samplesFile(file, task));
    }

    private static Set<String> names(JsonNode object) {
        return new TreeSet<>(ordered(object));
    }

    private static List<String> ordered(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
