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

class ChrFTest {

    static Stream<Named<JsonNode>> corpora() {
        return TextFixtures.corpora().filter(corpus -> corpus.getPayload().has("chrf"));
    }

    @ParameterizedTest
    @MethodSource("corpora")
    void corporaScoreAsInSacrebleu(JsonNode expected) {
        List<String> predictions = TextFixtures.strings(expected.get("hypotheses"));
        List<List<String>> references = TextFixtures.transposed(TextFixtures.columns(expected.get("references")));
        check(expected.get("chrf"), ChrF.CHRF, predictions, references);
        check(expected.get("chrf++"), ChrF.CHRF_PLUS_PLUS, predictions, references);
    }

    /** The numbers are those of sacrebleu 2.6.0 on the file. */
    @Test
    void theDartFileScoresAsInSacrebleu() {
        List<String> predictions = TextFixtures.dartPredictions();
        List<List<String>> references = TextFixtures.dartReferences(3, null);
        TextFixtures.assertClose(66.59464448736212, ChrF.CHRF.corpus(predictions, references), "chrF");
        TextFixtures.assertClose(65.18187054767543, ChrF.CHRF_PLUS_PLUS.corpus(predictions, references), "chrF++");
    }

    /** Of "ab" the reference "abc" has two of three characters and one of two pairs; the prediction has all of its own. */
    @Test
    void theFormulaHoldsOnACaseDoneByHand() {
        assertArrayEquals(
                new double[] {2, 3, 2, 1, 2, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                ChrF.CHRF.statistics("a b", List.of("abc")));
        double recall = (2 / 3.0 + 1 / 2.0) / 2;
        assertEquals(100 * 5 * recall / (4 + recall), ChrF.CHRF.sentence("a b", List.of("abc")), 1e-12);
    }

    @Test
    void theBestReferenceCounts() {
        assertEquals(100, ChrF.CHRF.sentence("yes", List.of("no", "yes", "perhaps")), 1e-12);
    }

    private static void check(JsonNode expected, ChrF metric, List<String> predictions, List<List<String>> references) {
        assertEquals(expected.get("signature").textValue(), metric.signature(references));
        TextFixtures.assertClose(
                expected.get("score").doubleValue(), metric.corpus(predictions, references), metric.toString());
    }
}
