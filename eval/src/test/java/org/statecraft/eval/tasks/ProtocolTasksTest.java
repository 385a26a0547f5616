package org.statecraft.eval.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.EvaluationOptions;
import org.statecraft.eval.EvaluationResult;
import org.statecraft.eval.Evaluator;
import org.statecraft.eval.MetricValue;
import org.statecraft.eval.TestTasks;
import org.statecraft.eval.cache.AnswerCache;
import org.statecraft.eval.results.ModelFacts;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.results.RunFacts;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.scoring.TextScorer;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.testing.Fixtures;

/** Tasks that ask for a label or a text, with a model that answers what it is told to. */
class ProtocolTasksTest {
    private static Tokenizer tokenizer;

    @TempDir
    private Path folder;

    private final List<String> prompts = new ArrayList<>();

    @BeforeAll
    static void load() {
        tokenizer = EvalFixtures.tokenizer();
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private EvaluationResult run(Task task, Map<String, String> answers) {
        TextScorer scorer = new TextScorer(tokenizer, new ScriptedScorer(tokenizer, answers, prompts));
        return Evaluator.run(
                List.of(task), scorer, new EvaluationOptions(100, 100), AnswerCache.NONE, (name, done, total) -> {});
    }

    private static Map<String, MetricValue> values(EvaluationResult result) {
        Map<String, MetricValue> values = new TreeMap<>();
        result.tasks().get(0).metrics().forEach((metric, value) -> values.put(metric.key(), value));
        return values;
    }

    private static Task cola(String... rows) {
        return TestTasks.task(
                """
                {"task": "cola", "dataset_path": "json", "test_split": "test", "output_type": "generate_until",
                 "doc_to_text": "Is it right? {{sentence}}###", "doc_to_choice": ["0", "1"], "doc_to_target": "{{label}}",
                 "generation_kwargs": {"max_gen_toks": 1},
                 "metric_list": [{"metric": "acc"}, {"metric": "acc_in_class"}, {"metric": "out_of_class"},
                   {"metric": "mcc"}, {"metric": "mcc_in_class"}, {"metric": "f1"}, {"metric": "f1_in_class"}],
                 "metadata": {"version": 1.0}}
                """,
                rows);
    }

    private static final String[] ROWS = {
        "{\"label\": 1, \"sentence\": \"One \\\"is good.\"}",
        "{\"label\": 0, \"sentence\": \"Two are bad.\"}",
        "{\"label\": 1, \"sentence\": \"Three go away.\"}",
        "{\"label\": 0, \"sentence\": \"Four is outside.\"}",
    };

    private static final Map<String, String> ANSWERS = Map.of("One", "1", "Two", "0", "Three", "0", "Four", "maybe");

    @Test
    void answersOutsideTheLabelsAreWrongInOneConventionAndLeftOutInTheOther() {
        Map<String, MetricValue> values = values(run(cola(ROWS), ANSWERS));

        assertEquals(2.0 / 4, values.get("acc").value());
        assertEquals(4, values.get("acc").n());
        assertEquals(2.0 / 3, values.get("acc_in_class").value());
        assertEquals(3, values.get("acc_in_class").n());
        assertEquals(1, values.get("out_of_class").value());
        assertNull(values.get("out_of_class").stderr());
        // one hit and one miss; the document outside is not of the second label, so both are 2 / 3
        assertEquals(2.0 / 3, values.get("f1").value(), 1e-15);
        assertEquals(2.0 / 3, values.get("f1_in_class").value(), 1e-15);
        assertEquals(0.5, values.get("mcc_in_class").value(), 1e-12);
        // correct 2 of 4; right 2, 2, 0; given 2, 1, 1: (2·4 - (4 + 2)) / √((16 - 8)(16 - 6))
        assertEquals(2 / Math.sqrt(80), values.get("mcc").value(), 1e-12);
        assertEquals(List.of("Is it right? One \"is good.###"), prompts.subList(0, 1));
    }

    @Test
    void aModelThatNeverNamesALabelHasNoScoreInClass() {
        Map<String, MetricValue> values = values(run(cola(ROWS), Map.of("", "maybe")));

        assertEquals(0, values.get("acc").value());
        assertEquals(4, values.get("out_of_class").value());
        for (String metric : List.of("acc_in_class", "mcc_in_class", "f1_in_class")) {
            assertNull(values.get(metric).value(), metric);
            assertEquals(0, values.get(metric).n(), metric);
        }
    }

    /** " 0" is another text than "0": nothing is trimmed into a label. */
    @Test
    void aLabelIsATextNotWhatItLooksLike() {
        Map<String, MetricValue> values = values(run(cola(ROWS), Map.of("", " 0")));

        assertEquals(4, values.get("out_of_class").value());
    }

    @Test
    void aLabelThatIsNotInTheSetIsToldWithItsPlace() {
        InputException refused = assertThrows(
                InputException.class, () -> run(cola(ROWS[0], "{\"label\": 2, \"sentence\": \"What?\"}"), ANSWERS));

        assertTrue(refused.getMessage().contains("task cola, document 1"), refused.getMessage());
        assertTrue(refused.getMessage().contains("the answer is 2"), refused.getMessage());
    }

    /** As in the harness; the sample says so. */
    @Test
    void aLongPromptLosesItsBeginningAndTheSampleSaysSo() {
        Task task = cola(ROWS[0], "{\"label\": 1, \"sentence\": \"" + "word ".repeat(40) + "One\"}");

        List<JsonNode> samples = samples(run(task, ANSWERS), "cola");

        assertEquals(0, samples.get(0).at("/statecraft/prompt_tokens_cut").intValue());
        assertTrue(samples.get(1).at("/statecraft/prompt_tokens_cut").intValue() > 10);
    }

    @Test
    void aWrittenTextMatchesAnyOfItsReferences() {
        Task task = TestTasks.task(
                """
                {"task": "dart", "dataset_path": "json", "test_split": "test", "output_type": "generate_until",
                 "doc_to_text": "Write:\\n{{triples}}###", "doc_to_target": "references",
                 "generation_kwargs": {"num_beams": 5, "max_gen_toks": 2, "until": []},
                 "metadata": {"version": 1.0, "statecraft": {"prefix": "Write:\\n"}}}
                """,
                "{\"triples\": \"A : is : B\", \"references\": [\"A is B.\", \"B, says A.\", \"\"]}",
                "{\"triples\": \"C : is : D\", \"references\": [\"C is D.\"]}",
                "{\"triples\": \"E : is : F\", \"references\": [\"E is F.\"]}");

        EvaluationResult result = run(task, Map.of("A :", "B, says A.", "C :", "C is D", "E :", "E is F."));

        assertEquals(2.0 / 3, values(result).get("exact_match").value());
        assertEquals("Write:\nA : is : B###", prompts.get(0));
        assertEquals(
                List.of("A is B.", "B, says A."),
                result.tasks().get(0).samples().get(0).document().targets(),
                "an empty text is no reference");
        JsonNode first = samples(result, "dart").get(0);
        assertEquals("B, says A.", first.path("filtered_resps").get(0).asText());
        assertEquals("['A is B.', 'B, says A.', '']", first.path("target").asText());
        assertEquals(1.0, first.path("exact_match").doubleValue());
        assertEquals("END_OF_TEXT", first.path("statecraft").path("finish").asText());
        assertEquals(5, first.at("/arguments/gen_args_0/arg_1/num_beams").intValue());
        JsonNode config = Fixtures.json(folder.resolve("02-evaluate.json")).at("/configs/dart");
        assertEquals(5, config.at("/generation_kwargs/num_beams").intValue());
        assertEquals("Write:\n{{triples}}###", config.path("doc_to_text").asText());
        assertEquals("references", config.path("doc_to_target").asText());
    }

    @Test
    void aDocumentWithoutAReferenceIsToldWithItsPlace() {
        Task task = TestTasks.task(
                """
                {"task": "none", "dataset_path": "json", "test_split": "test", "output_type": "generate_until",
                 "doc_to_text": "x", "doc_to_target": "references", "metadata": {"version": 1.0}}
                """,
                "{\"references\": [\"\"]}");

        InputException refused = assertThrows(InputException.class, () -> run(task, ANSWERS));

        assertTrue(refused.getMessage().contains("task none, document 0"), refused.getMessage());
    }

    @Test
    void everyDocumentOfALabelTaskIsRecorded() {
        List<JsonNode> samples = samples(run(cola(ROWS), ANSWERS), "cola");

        JsonNode outside = samples.get(3);
        assertEquals("maybe", outside.path("filtered_resps").get(0).asText());
        assertEquals(0, outside.path("acc").intValue());
        assertTrue(outside.path("acc_in_class").isNull());
        assertEquals(-1, outside.path("mcc").get(1).intValue());
        assertEquals("1", samples.get(0).path("target").asText());
    }

    private List<JsonNode> samples(EvaluationResult result, String task) {
        Path file = folder.resolve("02-evaluate.json");
        new ResultsWriter(
                        result,
                        new ModelFacts("m", Map.of(), 1, "float32", "cpu", 0),
                        new ScoringOptions(1, 30),
                        new RunFacts(Instant.EPOCH, Duration.ZERO, null))
                .write(file, Map.of());
        assertTrue(Fixtures.json(file).path("results").has(task));
        return EvalFixtures.objects(folder.resolve("02-evaluate").resolve("samples_" + task + ".jsonl"));
    }
}
