package org.statecraft.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.scoring.RollingLogLikelihood;
import org.statecraft.eval.scoring.Scorer;
import org.statecraft.eval.scoring.TextScorer;
import org.statecraft.eval.scoring.UnscorableRequestException;
import org.statecraft.eval.tasks.Task;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;

class EvaluatorTest {
    /** Log-probabilities are single precision numbers, and a perplexity magnifies their rounding. */
    private static final double ROUNDING = 1e-5;

    private static final String TOKEN_PERPLEXITY = "wikitext2_token_ppl_gptq";
    private static final double UNIFORM = -Math.log(50_280);
    private static final EvaluationOptions OPTIONS = new EvaluationOptions(EvaluationOptions.ALL, 100);
    private static Tokenizer tokenizer;

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
        return Evaluator.run(List.of(task), scorer, options, AnswerCache.NONE, (name, done, total) -> {})
                .tasks()
                .get(0);
    }

    private static Task text(String content) {
        return TestTasks.text("prose", content);
    }

    private static Task lambada(String... lines) {
        return TestTasks.lastWord("words", lines);
    }

    @Test
    void aUniformModelsTextScoresFollowFromCounts() {
        String content = "Shall I compare thee to a summer’s day?\nThou art more lovely and more temperate:\n";
        TaskResult result = run(text(content), UNIFORM, OPTIONS);
        double nats = tokenizer.encode(content).length * -UNIFORM;
        int bytes = content.getBytes(StandardCharsets.UTF_8).length;
        int words = 16;
        assertClose(nats / bytes / Math.log(2), result, "bits_per_byte");
        assertClose(Math.exp(nats / bytes), result, "byte_perplexity");
        assertClose(Math.exp(nats / words), result, "word_perplexity");
        assertNull(result.value("bits_per_byte").stderr());
    }

    @Test
    void bytePerplexityIsTwoToTheBitsPerByte() {
        TaskResult result = run(text("Some text.\nAnd more of it."), -2.5, OPTIONS);
        double bits = result.value("bits_per_byte").value();
        assertClose(Math.pow(2, bits), result, "byte_perplexity");
    }

    @Test
    void aUniformModelsPerplexityIsTheVocabularyForEachTokenOfTheWord() {
        TaskResult result = run(lambada("{\"text\": \"a dog\"}", "{\"text\": \"a sesquipedalian\"}"), UNIFORM, OPTIONS);
        double tokens = (tokenizer.encode(" dog").length + tokenizer.encode(" sesquipedalian").length) / 2.0;
        assertClose(Math.pow(50_280, tokens), result, "perplexity");
        assertTrue(result.value("perplexity").stderr() > 0);
        assertClose(0, result, "acc");
    }

    @Test
    void aUniformModelsTokenPerplexityIsTheVocabularyWhateverTheTail() {
        String content = "Shall I compare thee to a summer’s day?\nThou art more lovely and more temperate:\n";
        TaskResult result = run(TestTasks.text("prose", content, TOKEN_PERPLEXITY), UNIFORM, OPTIONS);
        assertClose(50_280, result, TOKEN_PERPLEXITY);
        long windows = tokenizer.encode(content).length / 16;
        RollingLogLikelihood answer =
                (RollingLogLikelihood) result.samples().get(0).answers().get(0);
        assertEquals(windows * 15, answer.tokens());
    }

    @Test
    void aTextThatFillsNoWindowIsNamed() {
        Task task = TestTasks.text("prose", "Too short.", TOKEN_PERPLEXITY);
        assertRefused(
                () -> run(task, UNIFORM, OPTIONS),
                "task prose, document 0 of ",
                "the text has 3 tokens, which fill no window of 16",
                "from 2 to 3");
    }

    @Test
    void metricsOfOtherWindowsNeedATaskOfTheirOwn() {
        String keys =
                """
                {"task": "both", "dataset_path": "text", "test_split": "test", "output_type": "loglikelihood_rolling",
                 "doc_to_text": "", "doc_to_target": "{{text}}", "metadata": {"version": 1.0},
                 "metric_list": [{"metric": "bits_per_byte"}, {"metric": "wikitext2_token_ppl_gptq"}]}
                """;
        assertRefused(() -> TestTasks.config(keys), "metric_list: ", TOKEN_PERPLEXITY + " beside", "a task of its own");
    }

    private static void assertClose(double expected, TaskResult result, String metric) {
        assertEquals(expected, result.value(metric).value(), ROUNDING * Math.abs(expected));
    }

    @Test
    void aPerplexityBeyondDoubleRangeIsMissingAndTheOthersStand() {
        TaskResult result = run(text("unbroken".repeat(100)), UNIFORM, OPTIONS);
        assertNull(result.value("word_perplexity").value());
        assertTrue(result.value("bits_per_byte").value() > 0);
    }

    @Test
    void theLimitTakesTheFirstDocuments() {
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
        assertEquals(2, result.value("acc").n());
        assertNull(result.value("acc").stderr());
    }

    @Test
    void progressCountsTheRequestsOfAllTasks() {
        List<String> seen = new ArrayList<>();
        Scorer scorer = new TextScorer(tokenizer, new UniformScorer(-1, 16));
        Evaluator.run(
                List.of(lambada("{\"text\":\"a b\"}", "{\"text\":\"c d\"}"), text("Some text.")),
                scorer,
                OPTIONS,
                AnswerCache.NONE,
                (task, done, total) -> seen.add(task + " " + done + "/" + total));
        assertEquals(List.of("2 tasks 1/3", "2 tasks 2/3", "2 tasks 3/3"), seen);
    }

    @Test
    void theTaskHashChangesWithOneCharacterOfAPrompt() {
        String before = run(lambada("{\"text\":\"a big dog\"}"), -1, OPTIONS).hash();
        assertEquals(
                before, run(lambada("{\"text\":\"a big dog\"}"), -2, OPTIONS).hash());
        assertNotEquals(
                before, run(lambada("{\"text\":\"a bag dog\"}"), -1, OPTIONS).hash());
    }

    @Test
    void aLogLikelihoodThatIsNoNumberFailsTheRunWithItsPlace() {
        Task task = lambada("{\"text\":\"a b\"}");
        assertRefused(() -> run(task, Double.NaN, OPTIONS), "words", "document 0", "NaN");
        assertRefused(() -> run(task, Double.NEGATIVE_INFINITY, OPTIONS), "-Infinity");
    }

    @Test
    void anUnscorableDocumentIsNamed() {
        Task task = lambada("{\"text\":\"a b\"}", "{\"text\":\"  \"}");
        UnscorableRequestException refused =
                assertThrows(UnscorableRequestException.class, () -> run(task, -1, OPTIONS));
        assertTrue(refused.getMessage().startsWith("task words, document 1 of "), refused.getMessage());
    }

    @Test
    void twoTasksOfOneNameAreRefused() {
        List<Task> tasks = List.of(lambada("{\"text\":\"a b\"}"), lambada("{\"text\":\"a b\"}"));
        Scorer scorer = new TextScorer(tokenizer, new UniformScorer(-1, 16));
        assertRefused(
                () -> Evaluator.run(tasks, scorer, OPTIONS, AnswerCache.NONE, (name, done, total) -> {}),
                "two tasks",
                "words");
    }

    @Test
    void aShareOfTheDocumentsIsRoundedUp() {
        Task three = lambada("{\"text\":\"a b\"}", "{\"text\":\"c d\"}", "{\"text\":\"e f\"}");
        assertEquals(2, run(three, -1, new EvaluationOptions(0.5, 0)).samples().size());
        assertEquals(1, run(three, -1, new EvaluationOptions(0.01, 0)).samples().size());
    }

    private interface Work {
        Object run();
    }

    private static void assertRefused(Work work, String... parts) {
        InputException refused = assertThrows(InputException.class, work::run);
        for (String part : parts) {
            assertTrue(refused.getMessage().contains(part), () -> part + " in: " + refused.getMessage());
        }
    }
}
