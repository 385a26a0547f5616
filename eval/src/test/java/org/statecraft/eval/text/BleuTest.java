package org.statecraft.eval.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.text.BleuOptions.Smoothing;
import org.statecraft.eval.text.BleuOptions.Tokenizer;
import org.statecraft.model.InputException;

class BleuTest {
    private static final Map<String, BleuOptions> SENTENCES = Map.of(
            "sentence_bleu_default", BleuOptions.SACREBLEU_SENTENCE,
            "no_effective_order", BleuOptions.SACREBLEU,
            "lowercase", BleuOptions.SACREBLEU_SENTENCE.withLowercase(true),
            "smooth_none", BleuOptions.SACREBLEU.withSmoothing(Smoothing.NONE),
            "smooth_floor", BleuOptions.SACREBLEU.withSmoothing(Smoothing.FLOOR),
            "smooth_add_k", BleuOptions.SACREBLEU.withSmoothing(Smoothing.ADD_K));

    static Stream<Named<JsonNode>> cases() {
        return TextFixtures.cases();
    }

    static Stream<Named<JsonNode>> corpora() {
        return TextFixtures.corpora();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tokensAreThoseOf13a(JsonNode expected) {
        JsonNode tokens = expected.at("/sacrebleu/tokens_13a");
        assertEquals(
                tokens.get("prediction").textValue(),
                tokens(expected.get("prediction").textValue()));
        assertEquals(
                TextFixtures.strings(tokens.get("references")),
                TextFixtures.strings(expected.get("references")).stream()
                        .map(BleuTest::tokens)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void sentencesScoreAsInSacrebleu(JsonNode expected) {
        List<String> references = TextFixtures.strings(expected.get("references"));
        String prediction = expected.get("prediction").textValue();
        SENTENCES.forEach((setting, options) -> check(
                expected.get("sacrebleu").get(setting),
                Bleu.statistics(prediction, references, options),
                Bleu.signature(List.of(references), options),
                options));
        assertEquals(
                expected.at("/sacrebleu/sentence_bleu_default/score").doubleValue(),
                Bleu.sentence(prediction, references),
                1e-9);
    }

    @ParameterizedTest
    @MethodSource("corpora")
    void corporaScoreAsInSacrebleu(JsonNode expected) {
        List<List<String>> references = TextFixtures.transposed(TextFixtures.columns(expected.get("references")));
        check(
                expected.get("bleu"),
                TextFixtures.strings(expected.get("hypotheses")),
                references,
                options(expected.get("options")));
    }

    /** The leaderboard of DART has 48.56 for this file: the reading with empty references of length 0 and whitespace tokens. */
    @Test
    void theDartFileScoresAsPublished() {
        double score =
                Bleu.corpus(TextFixtures.dartPredictions(), TextFixtures.dartReferences(3, ""), BleuOptions.MULTI_BLEU);
        assertEquals(48.56, score, 0.005);
        TextFixtures.assertClose(
                dart("missing_as_empty_string_none").get("score").doubleValue(), score, "multi-bleu");
    }

    @Test
    void theDartFileScoresAsInSacrebleuInFiveReadings() {
        List<String> predictions = TextFixtures.dartPredictions();
        BleuOptions plain = BleuOptions.SACREBLEU;
        BleuOptions untokenized = plain.withTokenizer(Tokenizer.NONE);
        check(dart("missing_as_null_13a"), predictions, TextFixtures.dartReferences(3, null), plain);
        check(dart("missing_as_empty_string_13a"), predictions, TextFixtures.dartReferences(3, ""), plain);
        check(dart("missing_as_null_none"), predictions, TextFixtures.dartReferences(3, null), untokenized);
        check(dart("missing_as_empty_string_none"), predictions, TextFixtures.dartReferences(3, ""), untokenized);
        check(dart("first_reference_13a"), predictions, TextFixtures.dartReferences(1, null), plain);
    }

    /** The number is that of the script behind the metric of huggingface/evaluate, tensorflow/nmt's, on the same tokens. */
    @Test
    void theShortestReferenceCountsForHuggingFace() {
        double score = Bleu.corpus(
                TextFixtures.dartPredictions(), TextFixtures.dartReferences(3, null), BleuOptions.HUGGING_FACE);
        TextFixtures.assertClose(0.4976692638802532, score, "huggingface/evaluate");
        assertEquals(
                0,
                Bleu.corpus(List.of("a b c"), List.of(List.of("a b c")), BleuOptions.HUGGING_FACE),
                "no order is smoothed");
    }

    @Test
    void aDocumentWithoutReferencesIsAnError() {
        List<String> missing = Arrays.asList(null, null);
        assertThrows(InputException.class, () -> Bleu.sentence("text", missing));
        assertThrows(
                InputException.class,
                () -> Bleu.corpus(List.of("a", "b"), List.of(List.of("a")), BleuOptions.SACREBLEU));
    }

    private static JsonNode dart(String name) {
        return EvalFixtures.elements(TextFixtures.wholeFiles().get("dart"))
                .filter(reading -> reading.get("name").textValue().equals(name))
                .findFirst()
                .orElseThrow()
                .get("bleu");
    }

    private static void check(
            JsonNode expected, List<String> predictions, List<List<String>> references, BleuOptions options) {
        double[] sum = new double[Bleu.STATISTICS];
        for (int i = 0; i < predictions.size(); i++) {
            double[] one = Bleu.statistics(predictions.get(i), references.get(i), options);
            Arrays.setAll(sum, k -> sum[k] + one[k]);
        }
        check(expected, sum, Bleu.signature(references, options), options);
    }

    private static void check(JsonNode expected, double[] statistics, String signature, BleuOptions options) {
        assertEquals(expected.get("signature").textValue(), signature);
        assertArrayEquals(expectedStatistics(expected, options), statistics, signature);
        TextFixtures.assertClose(expected.get("score").doubleValue(), Bleu.score(statistics, options), signature);
        TextFixtures.assertClose(expected.get("bp").doubleValue(), Bleu.brevityPenalty(statistics), signature);
        double[] precisions = EvalFixtures.doubles(expected.get("precisions"));
        for (int n = 0; n < 4; n++) {
            TextFixtures.assertClose(precisions[n], 100 * Bleu.precisions(statistics, options)[n], signature);
        }
    }

    /** sacrebleu reports the counts with what add-k smoothing adds to them, once there is a match at all. */
    private static double[] expectedStatistics(JsonNode expected, BleuOptions options) {
        double[] counts = EvalFixtures.doubles(expected.get("counts"));
        double[] totals = EvalFixtures.doubles(expected.get("totals"));
        double[] statistics = new double[Bleu.STATISTICS];
        int added = options.smoothing() == Smoothing.ADD_K && counts[0] > 0 ? 1 : 0;
        for (int n = 0; n < 4; n++) {
            statistics[n] = counts[n] - (n == 0 ? 0 : added);
            statistics[4 + n] = totals[n] - (n == 0 ? 0 : added);
        }
        statistics[8] = expected.get("sys_len").doubleValue();
        statistics[9] = expected.get("ref_len").doubleValue();
        return statistics;
    }

    private static String tokens(String text) {
        return String.join(" ", Words.split13a(Words.stripEnd(text)));
    }

    private static BleuOptions options(JsonNode options) {
        BleuOptions chosen = BleuOptions.SACREBLEU.withLowercase(options.has("lowercase"));
        if (options.has("tokenize")) {
            chosen = chosen.withTokenizer(
                    Tokenizer.valueOf(options.get("tokenize").textValue().toUpperCase(Locale.ROOT)));
        }
        if (options.has("smooth_method")) {
            String name = options.get("smooth_method").textValue().toUpperCase(Locale.ROOT);
            chosen = chosen.withSmoothing(Smoothing.valueOf(name.replace('-', '_')));
        }
        return chosen;
    }
}
