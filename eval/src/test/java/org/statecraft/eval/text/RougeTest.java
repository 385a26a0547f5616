package org.statecraft.eval.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.text.Rouge.Score;
import org.statecraft.eval.text.Rouge.Stemming;
import org.statecraft.model.testing.Fixtures;

class RougeTest {
    private static final Map<String, Rouge> TYPES = Map.of(
            "rouge1", Rouge.ROUGE1, "rouge2", Rouge.ROUGE2, "rougeL", Rouge.ROUGE_L, "rougeLsum", Rouge.ROUGE_LSUM);
    private static final Map<String, Stemming> STEMMING = Map.of("plain", Stemming.NONE, "stemmed", Stemming.PORTER);

    static Stream<Named<JsonNode>> cases() {
        return TextFixtures.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void wordsAreThoseOfRougeScore(JsonNode expected) {
        STEMMING.forEach((key, stemming) -> {
            JsonNode words = expected.get("rouge").get(key);
            assertEquals(
                    TextFixtures.strings(words.get("prediction_tokens")),
                    Rouge.words(expected.get("prediction").textValue(), stemming));
            assertEquals(
                    TextFixtures.columns(words.get("reference_tokens")),
                    TextFixtures.strings(expected.get("references")).stream()
                            .map(reference -> Rouge.words(reference, stemming))
                            .toList());
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyTypeScoresAsInRougeScore(JsonNode expected) {
        String prediction = expected.get("prediction").textValue();
        List<String> references = TextFixtures.strings(expected.get("references"));
        STEMMING.forEach((key, stemming) -> TYPES.forEach((name, type) -> {
            JsonNode scores = expected.get("rouge").get(key);
            check(scores.get("best_by_f").get(name), type.score(prediction, references, stemming), name);
            for (int i = 0; i < references.size(); i++) {
                check(
                        scores.get("per_reference").get(i).get(name),
                        type.score(prediction, List.of(references.get(i)), stemming),
                        name);
            }
        }));
    }

    /** Two reference lines that share a word with one prediction line may not both count it. */
    @Test
    void theLinesOfASummaryCountEveryWordOnce() {
        Score score = Rouge.ROUGE_LSUM.score("a b", List.of("a b\na c"), Stemming.NONE);
        assertEquals(new Score(1, 0.5, 2 / 3.0), score);
        assertEquals(new Score(1, 0.5, 2 / 3.0), Rouge.ROUGE_L.score("a b", List.of("a b\na c"), Stemming.NONE));
        assertEquals(
                1,
                Rouge.ROUGE_LSUM
                        .score("c d\na b", List.of("a b\nc d"), Stemming.NONE)
                        .f());
        assertEquals(
                0.5,
                Rouge.ROUGE_L
                        .score("c d\na b", List.of("a b\nc d"), Stemming.NONE)
                        .f());
    }

    /** 819 summaries of a published model: mean F of the whole file. */
    @Test
    void theSamsumFileScoresAsInRougeScore() {
        Optional<Path> texts = TextFixtures.shared("data/samsum/bart_results.txt.gz");
        assumeTrue(texts.isPresent(), "SAMSum is not shipped; -Dstatecraft.shared names the folder that has it");
        JsonNode expected = Fixtures.json(
                        TextFixtures.shared("fixtures/eval/metrics_samsum.json").orElseThrow())
                .at("/whole_files/samsum");
        List<String[]> items = summaries(texts.get());
        assertEquals(expected.get("items").intValue(), items.size());
        STEMMING.forEach((key, stemming) -> TYPES.forEach((name, type) -> {
            double mean = items.stream()
                    .mapToDouble(item ->
                            type.score(item[1], List.of(item[0]), stemming).f())
                    .average()
                    .orElseThrow();
            TextFixtures.assertClose(expected.get(key).get(name).doubleValue(), mean, key + " " + name);
        }));
    }

    /** Reference and candidate of each item, stripped. */
    private static List<String[]> summaries(Path file) {
        String text = String.join("\n", EvalFixtures.lines(file));
        return Arrays.stream(text.split("(?m)^dialogue:\n-----------$"))
                .filter(item -> item.contains("candidate:\n"))
                .map(item -> item.substring(item.indexOf("reference:\n-----------\n") + 23))
                .map(item -> Arrays.stream(item.split("candidate:\n-----------\n"))
                        .map(String::strip)
                        .toArray(String[]::new))
                .toList();
    }

    private static void check(JsonNode expected, Score found, String what) {
        TextFixtures.assertClose(expected.get(0).doubleValue(), found.precision(), what);
        TextFixtures.assertClose(expected.get(1).doubleValue(), found.recall(), what);
        TextFixtures.assertClose(expected.get(2).doubleValue(), found.f(), what);
    }
}
