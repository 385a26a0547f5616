package org.statecraft.eval.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
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
import org.statecraft.eval.results.ModelFacts;
import org.statecraft.eval.results.ResultsWriter;
import org.statecraft.eval.results.RunFacts;
import org.statecraft.eval.scoring.ScoringOptions;
import org.statecraft.eval.scoring.TextScorer;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.generate.BeamOptions;
import org.statecraft.model.records.Answer;
import org.statecraft.model.records.Prompt;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.model.records.Template;
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
        return Evaluator.run(List.of(task), scorer, new EvaluationOptions(100, 100), (name, done, total) -> {});
    }

    private static Map<String, MetricValue> values(EvaluationResult result) {
        Map<String, MetricValue> values = new TreeMap<>();
        result.tasks().get(0).metrics().forEach((metric, value) -> values.put(metric.key(), value));
        return values;
    }

    private static Records records(
            RecordFormat format,
            List<String> columns,
            String prefix,
            String prompt,
            String answer,
            Map<String, String> answers) {
        return new Records(
                format,
                columns,
                new Prompt(prefix, Template.parse(prompt)),
                new Answer(Template.parse(answer), answers));
    }

    private Task cola(String... lines) throws IOException {
        Path data = Files.write(folder.resolve("cola.tsv"), List.of(lines));
        List<String> columns = List.of("source", "label", "mark", "sentence");
        Records records =
                records(RecordFormat.TSV_UNQUOTED, columns, "", "Is it right? {sentence}###", "{label}", DIGITS);
        return Task.of("cola", "1.0", data, new LabelTask(records));
    }

    private static final Map<String, String> DIGITS = new TreeMap<>(Map.of("0", "0", "1", "1"));

    private static final String[] LINES = {
        "a\t1\t\tOne \"is good.", "b\t0\t*\tTwo are bad.", "c\t1\t\tThree go away.", "d\t0\t*\tFour is outside.",
    };

    private static final Map<String, String> ANSWERS = Map.of("One", "1", "Two", "0", "Three", "0", "Four", "maybe");

    @Test
    void answersOutsideTheLabelsAreWrongInOneConventionAndLeftOutInTheOther() throws IOException {
        Map<String, MetricValue> values = values(run(cola(LINES), ANSWERS));

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
    void aModelThatNeverNamesALabelHasNoScoreInClass() throws IOException {
        Map<String, MetricValue> values = values(run(cola(LINES), Map.of("", "maybe")));

        assertEquals(0, values.get("acc").value());
        assertEquals(4, values.get("out_of_class").value());
        for (String metric : List.of("acc_in_class", "mcc_in_class", "f1_in_class")) {
            assertNull(values.get(metric).value(), metric);
            assertEquals(0, values.get(metric).n(), metric);
        }
    }

    /** " 0" is another token than "0": nothing is trimmed into a label. */
    @Test
    void aLabelIsATokenNotWhatItLooksLike() throws IOException {
        Map<String, MetricValue> values = values(run(cola(LINES), Map.of("", " 0")));

        assertEquals(4, values.get("out_of_class").value());
    }

    @Test
    void labelsOfTheFileBecomeTheTextsThatStandForThem() throws IOException {
        Path data = Files.write(
                folder.resolve("qnli.tsv"),
                List.of(
                        "index\tquestion\tsentence\tlabel",
                        "0\tWho?\tMe.\tentailment",
                        "1\tWhy?\tSo.\tnot_entailment"));
        Records records = records(
                RecordFormat.TSV_UNQUOTED,
                List.of(),
                "",
                "{question}###{sentence}###",
                "{label}",
                Map.of("entailment", "0", "not_entailment", "1"));
        Task task = Task.of("qnli", "1.0", data, new LabelTask(records));

        assertEquals(
                1, values(run(task, Map.of("Who", "0", "Why", "1"))).get("acc").value());
        assertEquals(List.of("Who?###Me.###", "Why?###So.###"), prompts);
    }

    @Test
    void aLabelThatIsNotInTheSetIsToldWithItsLine() throws IOException {
        InputException refused =
                assertThrows(InputException.class, () -> run(cola(LINES[0], "x\t2\t\tWhat?", LINES[1]), ANSWERS));

        assertTrue(refused.getMessage().contains("cola.tsv:2"), refused.getMessage());
        assertTrue(refused.getMessage().contains("'2'"), refused.getMessage());
    }

    @Test
    void aLabelOfTwoTokensIsRefused() throws IOException {
        Path data = cola(LINES).data();
        Records records = records(
                RecordFormat.TSV_UNQUOTED,
                List.of("source", "label", "mark", "sentence"),
                "",
                "{sentence}",
                "{label}",
                Map.of("0", "acceptable!", "1", "1"));
        Task task = Task.of("t", "1.0", data, new LabelTask(records));

        InputException refused = assertThrows(InputException.class, () -> run(task, ANSWERS));

        assertTrue(refused.getMessage().contains("'acceptable!' is "), refused.getMessage());
    }

    @Test
    void aPromptIsNeverCut() throws IOException {
        Task task = cola(LINES[0], "x\t1\t\t" + "word ".repeat(40));

        InputException refused = assertThrows(InputException.class, () -> run(task, ANSWERS));

        assertTrue(refused.getMessage().contains("document 1 of"), refused.getMessage());
        assertTrue(refused.getMessage().contains("more than the maximal length of 30"), refused.getMessage());
    }

    @Test
    void aWrittenTextMatchesAnyOfItsReferences() throws IOException {
        Path data = Files.writeString(
                folder.resolve("pairs.jsonl"),
                """
                {"triples": "A : is : B", "references": ["A is B.", "B, says A.", ""]}
                {"triples": "C : is : D", "references": ["C is D."]}
                {"triples": "E : is : F", "references": ["E is F."]}
                """);
        Records records =
                records(RecordFormat.JSON_LINES, List.of(), "Write:\n", "{triples}###", "{references}", Map.of());
        BeamOptions search = new BeamOptions(5, 1, 20, List.of());
        Task task = Task.of("dart", "1.0", data, new GenerationTask(records, search));

        EvaluationResult result = run(task, Map.of("A :", "B, says A.", "C :", "C is D", "E :", "E is F."));

        assertEquals(2.0 / 3, values(result).get("exact_match").value());
        assertEquals("Write:\nA : is : B###", prompts.get(0));
        JsonNode first = samples(result, "dart").get(0);
        assertEquals("B, says A.", first.path("filtered_resps").get(0).asText());
        assertEquals("A is B.", first.path("target").get(0).asText());
        assertEquals(2, first.path("target").size(), "an empty text is no reference");
        assertEquals(1.0, first.path("exact_match").doubleValue());
        assertEquals("END_OF_TEXT", first.path("statecraft").path("finish").asText());
        JsonNode config = task.config();
        assertEquals(5, config.at("/generation_kwargs/num_beams").intValue());
        assertEquals("Write:\n{{triples}}###", config.path("doc_to_text").asText());
        assertEquals("{{references}}", config.path("doc_to_target").asText());
    }

    @Test
    void aDocumentWithoutAReferenceIsToldWithItsLine() throws IOException {
        Path data = Files.writeString(folder.resolve("none.jsonl"), "{\"triples\": \"A\", \"references\": [\"\"]}\n");
        Records records = records(RecordFormat.JSON_LINES, List.of(), "", "{triples}", "{references}", Map.of());
        Task task = Task.of("none", "1.0", data, new GenerationTask(records, new BeamOptions(1, 1, 5, List.of())));

        InputException refused = assertThrows(InputException.class, () -> run(task, ANSWERS));

        assertTrue(refused.getMessage().contains("none.jsonl:1"), refused.getMessage());
    }

    @Test
    void everyDocumentOfALabelTaskIsRecorded() throws IOException {
        List<JsonNode> samples = samples(run(cola(LINES), ANSWERS), "cola");

        JsonNode outside = samples.get(3);
        assertEquals("maybe", outside.path("filtered_resps").get(0).asText());
        assertEquals(0, outside.path("acc").intValue());
        assertTrue(outside.path("acc_in_class").isNull());
        assertEquals(-1, outside.path("mcc").get(1).intValue());
        assertEquals(-1, outside.path("statecraft").path("label").intValue());
        assertEquals(
                2,
                samples.get(0)
                        .path("statecraft")
                        .path("label_log_probabilities")
                        .size());
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
