package org.statecraft.eval.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.TestTasks;

/** Examples before a question: the same draws as in the harness, and the same text. */
class FewShotTest {
    private static Row row(int place) {
        return Row.of(JsonNodeFactory.instance.objectNode().put("place", place));
    }

    @ParameterizedTest
    @ValueSource(strings = {"arc_easy", "hellaswag"})
    void theHarnesssDraws(String name) {
        JsonNode expected = EvalFixtures.json("fewshot_draws.json").get(name);
        String split = name.equals("arc_easy")
                ? "\"training_split\": \"train\", \"test_split\": \"test\""
                : "\"validation_split\": \"validation\"";
        TaskConfig config = TestTasks.config(
                """
                {"task": "t", "dataset_path": "json", %s, "output_type": "multiple_choice", "num_fewshot": %d,
                 "doc_to_text": "x", "doc_to_target": 0, "doc_to_choice": ["a", "b"], "metadata": {"version": 1}}
                """
                        .formatted(split, expected.get("shots").intValue()));
        List<Row> pool = IntStream.range(0, expected.get("pool_size").intValue())
                .mapToObj(FewShotTest::row)
                .toList();
        FewShotSampler sampler = FewShotSampler.of(config, pool);
        for (JsonNode document : expected.get("documents")) {
            Row asked = name.equals("arc_easy")
                    ? row(-1)
                    : row(document.get("doc_id").intValue());
            List<Integer> drawn = sampler.draw(asked).stream()
                    .map(row -> row.fields().get("place").intValue())
                    .toList();
            List<Integer> kept = new ArrayList<>();
            document.get("kept").forEach(place -> kept.add(place.intValue()));
            assertEquals(kept, drawn, name + " " + document.get("doc_id"));
        }
    }

    @Test
    void examplesStandBeforeTheQuestionWithTheirAnswers() {
        Task task = TestTasks.task(
                """
                {"task": "t", "dataset_path": "json", "training_split": "train", "test_split": "test",
                 "output_type": "multiple_choice", "description": "Answer.\\n", "num_fewshot": 2,
                 "fewshot_config": {"sampler": "first_n"}, "doc_to_text": "{{q}}?", "doc_to_target": "{{a}}",
                 "doc_to_choice": ["no", "yes"], "metadata": {"version": 1}}
                """,
                "{\"q\": \"One\", \"a\": 1}",
                "{\"q\": \"Two\", \"a\": 0}");
        Document first = task.documents(all -> all).used().get(0);
        assertEquals("Answer.\nOne? yes\n\nTwo? no\n\nOne?", first.prompt());
        assertEquals(" yes", first.requests().get(1).arguments().get(1));
    }
}
