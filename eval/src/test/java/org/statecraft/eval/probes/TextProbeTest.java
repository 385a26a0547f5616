package org.statecraft.eval.probes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.InputException;

class TextProbeTest {
    private static final Pattern NEEDLE =
            Pattern.compile("One of the special magic (\\w+) for (\\S+) is: (\\S+)\\.(?= |\n)");
    private static TextSource source;

    @BeforeAll
    static void read() throws IOException {
        Path book = Path.of(System.getProperty("statecraft.home"), "recipes", "data", "emma-excerpt.txt");
        source = new TextSource(text -> text.split("\\s+", -1).length, Files.readString(book));
    }

    static Stream<String> names() {
        return TextProbe.names().stream();
    }

    private static TextProbe probe(String name, Map<String, String> options) {
        return TextProbe.of(name, options, source);
    }

    @ParameterizedTest
    @MethodSource("names")
    void questionsAreDrawnAlikeEveryTimeAndNoneTwice(String name) {
        TextProbe probe = probe(name, Map.of());
        ProbeSlice slice = probe.slices().get(0);
        List<ProbeQuestion> questions = probe.questions(slice, 3, 5);
        assertEquals(questions, probe.questions(slice, 3, 5));
        assertEquals(5, new HashSet<>(questions).size());
        assertTrue(!questions.equals(probe.questions(slice, 4, 5)));
    }

    @ParameterizedTest
    @MethodSource("names")
    void theExpectedAnswerIsRightAndAnotherQuestionsIsNot(String name) {
        TextProbe probe = probe(name, Map.of());
        List<ProbeQuestion> questions = probe.questions(probe.slices().get(0), 3, 2);
        String right = String.join(", ", questions.get(0).expected());
        assertEquals(1, questions.get(0).score(" " + right));
        assertEquals(0, questions.get(1).score(" " + right));
        assertEquals(0, questions.get(0).score(""));
        assertTrue(!questions.get(0).prompt().endsWith(" "));
    }

    @ParameterizedTest
    @CsvSource({"sentences,numbers", "sentences,words", "text,uuids"})
    void theNeedleStandsWhereTheSliceSaysAndFillerFillsTheLength(String filler, String values) {
        TextProbe probe = probe("needle", Map.of("filler", filler, "values", values, "lengths", "200, 900"));
        assertEquals(80, probe.slices().size());
        for (ProbeSlice slice : probe.slices()) {
            ProbeQuestion question = probe.questions(slice, 1, 1).get(0);
            int length = source.tokens().applyAsInt(question.prompt());
            assertTrue(length <= slice.number("T") && length > slice.number("T") - 6, slice + " has " + length);
            Matcher needle = NEEDLE.matcher(question.prompt());
            assertTrue(needle.find(), question.prompt());
            assertEquals(values, needle.group(1));
            assertEquals(List.of(needle.group(3)), question.expected());
            assertTrue(question.prompt()
                    .endsWith("special magic " + values.replaceAll("s$", "") + " for " + needle.group(2)
                            + " mentioned in the provided text is"));
            int start = question.prompt().indexOf('\n') + 1;
            int end = question.prompt().lastIndexOf('\n');
            double depth = (needle.start() - start)
                    / (double) (end - start - needle.group().length());
            assertEquals(slice.number("depth") / 100.0, depth, filler.equals("text") ? 0.25 : 0.06, slice.label());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"numbers", "words", "uuids"})
    void theRightValueIsOneOfTheChoicesAndAloneInTheText(String values) {
        TextProbe probe = probe("needle", Map.of("values", values, "lengths", "300", "decoys", "19"));
        HashSet<Integer> places = new HashSet<>();
        for (ProbeQuestion question : probe.questions(ProbeSlice.parse("T=300 depth=50"), 1, 40)) {
            assertEquals(20, new HashSet<>(question.choices()).size());
            String right = question.choices().get(question.gold());
            assertEquals(" " + question.expected().get(0), right);
            for (String choice : question.choices()) {
                assertEquals(choice.equals(right), question.prompt().contains(choice + "."), choice);
            }
            places.add(question.gold());
        }
        assertTrue(places.size() > 10, "the right one is not always at the same place");
    }

    @Test
    void aPhoneBookHoldsTheAnswerOnceAndExamplesTwice() {
        for (ProbeQuestion question : probe("phone-book", Map.of()).questions(ProbeSlice.parse("N=20"), 1, 10)) {
            String[] parts = question.prompt().split("\n\n", -1);
            assertEquals(3, parts.length);
            List<String> book = Arrays.asList(parts[0].split("\n", -1));
            assertEquals(20, new HashSet<>(book).size());
            List<String> examples = Arrays.asList(parts[1].split("\n", -1));
            assertEquals(2, examples.size());
            assertTrue(book.containsAll(examples));
            String line = parts[2] + " " + question.expected().get(0);
            assertTrue(book.contains(line) && !examples.contains(line), line);
            assertTrue(line.matches("[A-Z][a-z]+ [A-Z][a-z]+: [6-9][0-9]{9}"), line);
            assertEquals(" " + question.expected().get(0), question.choices().get(question.gold()));
            assertEquals(10, question.choices().size());
            assertTrue(question.choices().stream().allMatch(parts[0]::contains));
        }
    }

    @Test
    void severalNumbersAreAskedForBeforeAndBehindTheBook() {
        ProbeSlice slice = ProbeSlice.parse("k=3 N=30");
        for (ProbeQuestion question : probe("phone-numbers", Map.of()).questions(slice, 1, 5)) {
            assertTrue(question.prompt()
                    .matches("(?s)What are the phone numbers for (.*), (.*), and (.*)\\?"
                            + " Find them .*\n\n.*\n\nWhat are the phone numbers for \\1, \\2, and \\3\\?\n.*:"));
            assertEquals(
                    30,
                    question.prompt()
                            .lines()
                            .filter(line -> line.matches(".*: \\d{3}-\\d{3}-\\d{4}"))
                            .count());
            String two =
                    question.expected().get(0) + " and " + question.expected().get(2);
            assertEquals(2 / 3.0, question.score(two), 1e-15);
        }
    }

    @Test
    void copiedTextIsFoundInTheSource() {
        for (ProbeQuestion question : probe("text-copying", Map.of()).questions(ProbeSlice.parse("T=12"), 1, 5)) {
            String[] parts = question.prompt().split("\n\n", -1);
            assertEquals(parts[0], parts[1]);
            assertEquals(parts[0], parts[2] + " " + question.expected().get(0));
            assertEquals(12, parts[0].split(" ", -1).length);
            assertTrue(source.text().replaceAll("\\s+", " ").contains(parts[0]));
            assertEquals(1, question.score(" " + question.expected().get(0) + " and so on"));
        }
    }

    @Test
    void theRankCountsEquallyLikelyChoicesAsBetter() {
        ProbeQuestion question = new ProbeQuestion(
                "",
                List.of(" a", " b", " c"),
                1,
                List.of("b"),
                ProbeQuestion.Match.LINE,
                List.of(),
                1,
                ProbeSlice.parse("N=3"));
        assertEquals(1, question.rank(new double[] {-3, -1, -2}));
        assertEquals(3, question.rank(new double[] {-1, -1, -1}));
        assertEquals(2, question.rank(new double[] {-3, -2, -1}));
        assertEquals(1, question.score(" b \nMore: c"));
        assertEquals(0, question.score(" b c"));
    }

    @Test
    void impossibleQuestionsSayWhatToChange() {
        TextSource without = new TextSource(String::length, "");
        for (String name : List.of("needle", "text-copying")) {
            Map<String, String> options = name.equals("needle") ? Map.of("filler", "text") : Map.of();
            InputException thrown = assertThrows(InputException.class, () -> TextProbe.of(name, options, without));
            assertTrue(thrown.getMessage().contains("name a text file"), thrown.getMessage());
        }
        TextProbe needle = probe("needle", Map.of());
        assertThrows(InputException.class, () -> needle.questions(ProbeSlice.parse("T=10 depth=50"), 1, 1));
        assertThrows(InputException.class, () -> needle.questions(ProbeSlice.parse("T=500 depth=101"), 1, 1));
        assertThrows(InputException.class, () -> probe("phone-book", Map.of())
                .questions(ProbeSlice.parse("N=100000"), 1, 1));
        InputException name = assertThrows(InputException.class, () -> probe("phonebook", Map.of()));
        assertTrue(name.getMessage().contains("did you mean 'phone-book'"), name.getMessage());
    }
}
