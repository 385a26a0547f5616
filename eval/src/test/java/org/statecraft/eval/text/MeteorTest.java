package org.statecraft.eval.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.text.Meteor.Synonyms;

class MeteorTest {
    private static final Map<String, Synonyms> SYNONYMS = Map.of(
            "exact_stem", Synonyms.NONE,
            "exact_stem_synonym_table", Synonyms.WORDS,
            "exact_stem_wordnet30", Synonyms.BASE_FORMS);

    /** "U.S." and "US": the extract has no capitals, NLTK has, and takes only "US" for a synonym. */
    private static final Set<String> NEEDS_CAPITALS = Set.of("abbreviation");

    static Stream<Named<JsonNode>> cases() {
        return TextFixtures.cases();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tokensAreThoseOfNltk(JsonNode expected) {
        assertEquals(
                TextFixtures.strings(expected.at("/meteor/prediction_tokens")),
                NltkTokenizer.split(expected.get("prediction").textValue()));
        assertEquals(
                TextFixtures.columns(expected.at("/meteor/reference_tokens")),
                TextFixtures.strings(expected.get("references")).stream()
                        .map(NltkTokenizer::split)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void textsScoreAsInNltk(JsonNode expected) {
        String prediction = expected.get("prediction").textValue();
        List<String> references = TextFixtures.strings(expected.get("references"));
        SYNONYMS.forEach((key, synonyms) -> {
            JsonNode scores = expected.get("meteor").get(key);
            if (synonyms == Synonyms.BASE_FORMS
                    && NEEDS_CAPITALS.contains(expected.get("name").textValue())) {
                return;
            }
            check(scores.get("max"), Meteor.score(prediction, references, synonyms), key);
            for (int i = 0; i < references.size(); i++) {
                check(
                        scores.get("per_reference").get(i),
                        Meteor.score(prediction, List.of(references.get(i)), synonyms),
                        key);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("cases")
    void wordsCanBeCutElsewhere(JsonNode expected) {
        List<String> words = Words.split(expected.get("prediction").textValue());
        List<String> references = TextFixtures.strings(expected.get("references"));
        for (int i = 0; i < references.size(); i++) {
            check(
                    expected.at("/meteor/whitespace_tokens_exact_stem").get(i),
                    Meteor.score(words, Words.split(references.get(i)), Synonyms.NONE),
                    "whitespace");
        }
    }

    /** The number that NLTK's documentation gives. */
    @Test
    void theExampleOfNltkScoresAsDocumented() {
        double score = Meteor.score(
                "It is a guide to action which ensures that the military always obeys the commands of the party",
                List.of("It is a guide to action that ensures that the military will forever heed Party commands"));
        assertEquals(0.6944, score, 5e-5);
    }

    /**
     * The means of NLTK over 400 items. With the whole of WordNet it is 0.63690808; three pairs of names, such as "Aug" and "August", which
     * are synonyms only as long as their capitals are unknown, make it more here.
     */
    @Test
    void theDartFileScoresAsInNltk() {
        JsonNode expected = TextFixtures.wholeFiles().get("dart_meteor_first_400");
        check(expected.get("exact_stem"), dart(Synonyms.NONE), "exact and stem");
        check(expected.get("exact_stem_synonym_table"), dart(Synonyms.WORDS), "synonyms");
        TextFixtures.assertClose(0.6374613607290529, dart(Synonyms.BASE_FORMS), "base forms");
        assertEquals(expected.get("exact_stem_wordnet30").doubleValue(), dart(Synonyms.BASE_FORMS), 6e-4);
    }

    /** "won" is listed as a form of "win" and "larger" is "large" with an ending; "viewer" is no form of the noun or verb "view". */
    @Test
    void aWordOfThePredictionMayBeAFormOfASynonym() {
        assertEquals(0, Meteor.score("won", List.of("win"), Synonyms.WORDS));
        assertEquals(0.5, Meteor.score("won", List.of("win")), 1e-12);
        assertEquals(0, Meteor.score("win", List.of("won")), "not the other way round, as in NLTK");
        assertEquals(0.5, Meteor.score("larger", List.of("big")), 1e-12);
        assertEquals(0, Meteor.score("viewer", List.of("view")));
    }

    private static double dart(Synonyms synonyms) {
        List<String> predictions = TextFixtures.dartPredictions();
        List<List<String>> references = TextFixtures.dartReferences(3, null);
        return IntStream.range(0, 400)
                .mapToDouble(i -> Meteor.score(predictions.get(i), references.get(i), synonyms))
                .average()
                .orElseThrow();
    }

    private static void check(JsonNode expected, double found, String what) {
        TextFixtures.assertClose(expected.doubleValue(), found, what);
    }
}
