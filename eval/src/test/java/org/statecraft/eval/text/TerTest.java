package org.statecraft.eval.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TerTest {

    static Stream<Named<JsonNode>> corpora() {
        return TextFixtures.corpora().filter(corpus -> corpus.getPayload().has("ter"));
    }

    @ParameterizedTest
    @MethodSource("corpora")
    void corporaScoreAsInSacrebleu(JsonNode expected) {
        List<List<String>> references = TextFixtures.transposed(TextFixtures.columns(expected.get("references")));
        assertEquals(expected.at("/ter/signature").textValue(), Ter.signature(references));
        TextFixtures.assertClose(
                expected.at("/ter/score").doubleValue(),
                Ter.corpus(TextFixtures.strings(expected.get("hypotheses")), references),
                "TER");
    }

    /** The number is that of sacrebleu 2.6.0 on the first 400 items. */
    @Test
    void theDartFileScoresAsInSacrebleu() {
        double score = Ter.corpus(
                TextFixtures.dartPredictions().subList(0, 400),
                TextFixtures.dartReferences(3, null).subList(0, 400));
        TextFixtures.assertClose(55.291576673866096, score, "TER");
    }

    @Test
    void movingARunOfWordsIsOneEdit() {
        assertArrayEquals(
                new double[] {1, 6}, Ter.statistics("on the mat sat the cat", List.of("sat the cat on the mat")));
        assertArrayEquals(new double[] {2, 4}, Ter.statistics("c b a d", List.of("a b c d")));
    }

    @Test
    void theClosestReferenceGivesTheEditsAndAllGiveTheLength() {
        assertArrayEquals(new double[] {1, 3.5}, Ter.statistics("A b c", List.of("a b c d", "x y z")));
        assertEquals(100, Ter.sentence("one two", List.of("")));
        assertEquals(0, Ter.sentence("", List.of("")));
    }
}
