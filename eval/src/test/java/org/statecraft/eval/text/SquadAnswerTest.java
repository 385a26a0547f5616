package org.statecraft.eval.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SquadAnswerTest {

    static Stream<Named<JsonNode>> cases() {
        return TextFixtures.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersCompareAsInSquad(JsonNode expected) {
        String prediction = expected.get("prediction").textValue();
        List<String> references = TextFixtures.strings(expected.get("references"));
        JsonNode squad = expected.get("squad");
        assertEquals(squad.get("normalized_prediction").textValue(), SquadAnswer.normalized(prediction));
        assertEquals(
                TextFixtures.strings(squad.get("normalized_references")),
                references.stream().map(SquadAnswer::normalized).toList());
        assertEquals(squad.get("max_exact").intValue(), SquadAnswer.exactMatch(prediction, references));
        TextFixtures.assertClose(squad.get("max_f1").doubleValue(), SquadAnswer.f1(prediction, references), "F1");
        for (int i = 0; i < references.size(); i++) {
            List<String> one = List.of(references.get(i));
            assertEquals(squad.get("exact").get(i).intValue(), SquadAnswer.exactMatch(prediction, one));
            TextFixtures.assertClose(squad.get("f1").get(i).doubleValue(), SquadAnswer.f1(prediction, one), "F1");
        }
    }

    @Test
    void articlesGoOnlyWhereTheyAreWords() {
        assertEquals("cat sat on mat", SquadAnswer.normalized("The cat sat, on an A mat."));
        assertEquals("theatre", SquadAnswer.normalized("theatre"));
        assertEquals("\u0301 x", SquadAnswer.normalized("a\u0301 x"));
    }
}
