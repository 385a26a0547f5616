package org.statecraft.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.metrics.Metric;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.TextScorer;
import org.statecraft.eval.scoring.UnscorableRequestException;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;

class EvaluatorTest {
    private static final double UNIFORM = -Math.log(50_280);
    private static final EvaluationOptions OPTIONS = new EvaluationOptions(EvaluationOptions.ALL, 100);
    private static Tokenizer tokenizer;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() {
        tokenizer = EvalFixtures.tokenizer();
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static TaskResult run(Task task, double logProbability, EvaluationOptions options) {
        Scorer scorer = new TextScorer(tokenizer, new UniformScorer(logProbability, 16));
        return Evaluator.run(List.of(task), scorer, options, (name, done, total) -> {})
                .tasks()
                .get(0);
    }

    private Task text(String content) throws IOException {
        return Task.of("prose", "1.0", Files.writeString(folder.resolve("prose.txt"), content), "text");
    }

    private Task lambada(String... lines) throws IOException {
        return Task.of("words", "1.0", Files.write(folder.resolve("words.jsonl"), List.of(lines)), "lambada");
    }

    @Test
    void aUniformModelsTextScoresFollowFromCounts() throws IOException {
        String content = "Shall I compare thee to a summer’s day?\nThou art more lovely and more temperate:\n";
        TaskResult result = run(text(content), UNIFORM, OPTIONS);
        double nats = tokenizer.encode(content).length * -UNIFORM;
        int bytes = content.getBytes(StandardCharsets.UTF_8).length;
        int words = 16;
        assertClose(nats / bytes / Math.log(2), result, Metric.BITS_PER_BYTE);
        assertClose(Math.exp(nats / bytes), result, Metric.BYTE_PERPLEXITY);
        assertClose(Math.exp(nats / words), result, Metric.WORD_PERPLEXITY);
        assertNull(result.metrics().get(Metric.BITS_PER_BYTE).stderr());
    }

    @Test
    void bytePerplexityIsTwoToTheBitsPerByte() throws IOException {
        TaskResult result = run(text("Some text.\nAnd more of it."), -2.5, OPTIONS);
        double bits = result.metrics().get(Metric.BITS_PER_BYTE).value();
        assertClose(Math.pow(2, bits), result, Metric.BYTE_PERPLEXITY);
    }

    @Test
    void aUniformModelsPerplexityIsTheVocabularyForEachTokenOfTheWord() throws IOException {
        TaskResult result = run(lambada("{\"text\": \"a dog\"}", "{\"text\": \"a sesquipedalian\"}"), UNIFORM, OPTIONS);
        double tokens = (tokenizer.encode(" dog").length + tokenizer.encode(" sesquipedalian").length) / 2.0;
        assertClose(Math.pow(50_280, tokens), result, Metric.PERPLEXITY);
        assertTrue(result.metrics().get(Metric.PERPLEXITY).stderr() > 0);
        assertClose(0, result, Metric.ACC);
    }

    private static void assertClose(double expected, TaskResult result, Metric metric) {
        assertEquals(expected, result.metrics().get(metric).value(), 1e-9 * Math.abs(expected));
    }

    @Test
    void aPerplexityBeyondDoubleRangeIsMissingAndTheOthersStand() throws IOException {
        TaskResult result = run(text("unbroken".repeat(100)), UNIFORM, OPTIONS);
        assertNull(result.metrics().get(Metric.WORD_PERPLEXITY).value());
        assertTrue(result.metrics().get(Metric.BITS_PER_BYTE).value() > 0);
    }

    @Test
    void theLimitTakesTheFirstDocuments() throws IOException {
        TaskResult result = run(
                lambada("{\"text\":\"a b\"}", "{\"text\":\"c d\"}", "{\"text\":\"e f\"}"),
                -1,
                new EvaluationOptions(2, 0));
        assertEquals(
                List.of(" b", " d"),
                result.samples().stream()
                        .map(s -> s.document().targets().get(0))
                        .toList());
        assertEquals(3, result.documents());
        assertEquals(2, result.metrics().get(Metric.ACC).n());
        assertNull(result.metrics().get(Metric.ACC).stderr());
    }

    @Test
    void onlyTheChosenMetricsAreReported() throws IOException {
        Task task = text("Some text.").withMetrics(List.of("bits_per_byte"));
        assertEquals(
                List.of(Metric.BITS_PER_BYTE),
                List.copyOf(run(task, -1, OPTIONS).metrics().keySet()));
        assertRefused(() -> text("Some text.").withMetrics(List.of("acc")), "prose", "'acc'", "bits_per_byte");
    }

    @Test
    void progressNamesTheTask() throws IOException {
        List<String> seen = new ArrayList<>();
        Scorer scorer = new TextScorer(tokenizer, new UniformScorer(-1, 16));
        Evaluator.run(
                List.of(lambada("{\"text\":\"a b\"}", "{\"text\":\"c d\"}"), text("Some text.")),
                scorer,
                OPTIONS,
                (task, done, total) -> seen.add(task + " " + done + "/" + total));
        assertEquals(List.of("words 1/2", "words 2/2", "prose 1/1"), seen);
    }

    @Test
    void theTaskHashChangesWithOneCharacterOfAPrompt() throws IOException {
        String before = run(lambada("{\"text\":\"a big dog\"}"), -1, OPTIONS).hash();
        assertEquals(
                before, run(lambada("{\"text\":\"a big dog\"}"), -2, OPTIONS).hash());
        assertNotEquals(
                before, run(lambada("{\"text\":\"a bag dog\"}"), -1, OPTIONS).hash());
    }

    @Test
    void aLogLikelihoodThatIsNoNumberFailsTheRunWithItsPlace() throws IOException {
        Task task = lambada("{\"text\":\"a b\"}");
        assertRefused(() -> run(task, Double.NaN, OPTIONS), "words", "document 0", "words.jsonl", "NaN");
        assertRefused(() -> run(task, Double.NEGATIVE_INFINITY, OPTIONS), "-Infinity");
    }

    @Test
    void anUnscorableDocumentIsNamed() throws IOException {
        Task task = lambada("{\"text\":\"a b\"}", "{\"text\":\"  \"}");
        UnscorableRequestException refused =
                assertThrows(UnscorableRequestException.class, () -> run(task, -1, OPTIONS));
        assertTrue(refused.getMessage().startsWith("task words, document 1 of "), refused.getMessage());
    }

    @Test
    void twoTasksOfOneNameAreRefused() throws IOException {
        List<Task> tasks = List.of(lambada("{\"text\":\"a b\"}"), lambada("{\"text\":\"a b\"}"));
        Scorer scorer = new TextScorer(tokenizer, new UniformScorer(-1, 16));
        assertRefused(() -> Evaluator.run(tasks, scorer, OPTIONS, (name, done, total) -> {}), "two tasks", "words");
    }

    @Test
    void malformedDataIsRefusedWithFileAndLine() throws IOException {
        assertRefused(() -> lambada("{\"text\":\"a b\"}", "{\"text\":").documents(), "words.jsonl:2:", "not JSON");
        assertRefused(() -> lambada("{\"text\":\"a\"} x").documents(), "words.jsonl:1:", "not JSON");
        assertRefused(() -> lambada("{\"txet\":\"a b\"}").documents(), "words.jsonl:1:", "\"text\"", "txet");
        assertRefused(
                () -> lambada("{\"text\":\"a b\"}", "", "{\"text\":\"a b\"}").documents(), ":2:", "an empty line");
        assertRefused(() -> lambada().documents(), "words.jsonl", "empty");
        assertRefused(() -> text("").documents(), "prose.txt", "empty");
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {'a', (byte) 0xff});
        assertRefused(() -> Task.of("t", "1", binary, "text").documents(), "binary.txt", "UTF-8");
        assertRefused(() -> Task.of("t", "1", folder.resolve("no.txt"), "text").documents(), "no.txt");
        assertRefused(() -> Task.of("t", "1", binary, "csv"), "'csv'", "text", "lambada");
    }

    private interface Work {
        Object run() throws IOException;
    }

    private static void assertRefused(Work work, String... parts) {
        InputException refused = assertThrows(InputException.class, work::run);
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), () -> part + " in: " + refused.getMessage());
        }
    }
}
