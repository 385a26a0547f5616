package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.python.PythonRandom;
import org.statecraft.model.testing.Fixtures;

class FormalLanguageTest {
    private static final ProbeSlice ANY = ProbeSlice.lengths(1, 1000);
    /** Number of texts looked at for a length. */
    private static final int MOST_TEXTS = 21_000;

    static Stream<FormalLanguage> languages() {
        return Languages.all().values().stream();
    }

    private static FormalLanguage language(String name) {
        return Languages.all().get(name);
    }

    private static String answers(FormalLanguage language, String text) {
        List<String> alphabet = language.alphabet();
        return IntStream.of(language.answers(language.letters().symbols(text), ANY))
                .mapToObj(alphabet::get)
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @MethodSource("languages")
    void machineAndDefinitionAgreeOnAllShortStrings(FormalLanguage language) {
        String letters = language.letters().characters();
        int members = 0;
        for (int length = 1; Math.pow(letters.length(), length) <= MOST_TEXTS && length <= 60; length++) {
            Set<String> strings = new HashSet<>();
            for (String text : Brute.texts(letters, length)) {
                if (language.definition().contains().test(text)) {
                    strings.add(text);
                    assertEquals(String.join("", language.source().answers(text)), answers(language, text), () -> text);
                }
            }
            assertEquals(!strings.isEmpty(), language.source().has(length), "strings of length " + length);
            if (!strings.isEmpty() && strings.size() < 100) {
                assertEquals(strings, drawn(language, length, 25 * strings.size()));
            }
            members += strings.size();
        }
        assertTrue(members >= 3, members + " strings");
    }

    private static Set<String> drawn(FormalLanguage language, int length, int draws) {
        PythonRandom random = new PythonRandom(length);
        Set<String> drawn = new HashSet<>();
        for (int i = 0; i < draws; i++) {
            drawn.add(language.source().draw(random, length));
        }
        return drawn;
    }

    @Test
    void everyStringOfALengthIsDrawnAsOften() {
        FormalLanguage language = language("tomita-3");
        int draws = 20_000;
        PythonRandom random = new PythonRandom(1);
        Map<String, Integer> counts = new HashMap<>();
        for (int i = 0; i < draws; i++) {
            counts.merge(language.source().draw(random, 6), 1, Integer::sum);
        }
        double expected = draws / (double) counts.size();
        double chiSquare = counts.values().stream()
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        double freedom = counts.size() - 1;
        assertTrue(chiSquare < freedom + 5 * Math.sqrt(2 * freedom), chiSquare + " with " + freedom);
    }

    @Test
    void longStringsAreInTheirLanguage() {
        for (FormalLanguage language : Languages.all().values()) {
            for (ProbeSlice slice : language.slices()) {
                for (ProbeSequence drawn : ProbeData.draw(language, slice, Split.TEST, 2, 5)) {
                    assertArrayEquals(language.answers(drawn.input(), slice), drawn.labels(), language.name());
                }
            }
        }
    }

    @Test
    void parityOfTheFixture() {
        FormalLanguage parity = language("parity");
        for (JsonNode expected : EvalFixtures.objects("probes/parity.jsonl")) {
            assertEquals(
                    expected.get("labels").asText(),
                    answers(parity, expected.get("input").asText()));
        }
    }

    @ParameterizedTest
    @CsvSource({"Parity,parity", "AAStar,aa-star", "Dyck1,dyck-1", "Shuffle2,shuffle-2", "D-2,d-2"})
    void publishedStringsHaveTheirPublishedAnswers(String file, String name) {
        Path folder = Fixtures.dir("eval", "probes", "formal_languages");
        List<String> lines = EvalFixtures.lines(folder.resolve(file + ".txt"));
        assertTrue(lines.size() >= 24);
        for (String line : lines) {
            String[] parts = line.split(" ", -1);
            assertEquals(parts[1], answers(language(name), parts[0]), parts[0]);
        }
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "statecraft.probes", matches = ".+")
    @CsvSource({"Parity,parity", "AAStar,aa-star", "Dyck1,dyck-1", "Shuffle2,shuffle-2", "D-2,d-2"})
    void allPublishedStringsHaveTheirPublishedAnswers(String folder, String name) {
        Path strings = Path.of(System.getProperty("statecraft.probes"), "formal_languages", folder);
        int bins = 0;
        for (int bin = 0; Files.exists(strings.resolve("val_src_bin" + bin + ".txt.gz")); bin++) {
            List<String> inputs = EvalFixtures.lines(strings.resolve("val_src_bin" + bin + ".txt.gz"));
            List<String> targets = EvalFixtures.lines(strings.resolve("val_tgt_bin" + bin + ".txt.gz"));
            assertEquals(targets.size(), inputs.size());
            for (int i = 0; i < inputs.size(); i++) {
                assertEquals(targets.get(i), answers(language(name), inputs.get(i)), inputs.get(i));
            }
            bins++;
        }
        assertTrue(bins >= 2);
    }

    @Test
    void aTestSetHasEachStringOnceAndNoMoreThanThereAre() {
        ProbeSlice slice = ProbeSlice.lengths(2, 50);
        assertEquals(
                25,
                ProbeData.draw(language("aa-star"), slice, Split.TEST, 1, 100).size());
        assertEquals(
                100,
                ProbeData.draw(language("aa-star"), slice, Split.TRAIN, 1, 100).size());
    }

    @Test
    void answersThatAreLettersAreOneSymbol() {
        assertEquals(List.of("0", "1"), language("parity").alphabet());
        assertEquals(List.of("a", "b", "ab", "end"), language("an-bn").alphabet());
        assertFalse(language("tomita-2").asked().contains("0"));
    }
}
