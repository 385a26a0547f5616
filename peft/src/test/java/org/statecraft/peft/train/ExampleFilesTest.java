package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.InputException;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.records.Answer;
import org.statecraft.model.records.Prompt;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.model.records.RecordSource;
import org.statecraft.model.records.Template;
import org.statecraft.peft.train.ExampleFiles.Problems;
import org.statecraft.peft.train.ExampleFiles.Sets;
import org.statecraft.peft.train.TrainingData.Example;
import org.statecraft.peft.train.TrainingData.Order;

/** Records become examples of which the answer alone is trained, or one report says why they do not. */
class ExampleFilesTest {
    private static final Tokenizer TOKENIZER =
            Tokenizer.ofFile(Path.of(System.getProperty("statecraft.fixtures"), "tokenizers", "20B_tokenizer.json"));
    private static final Map<String, String> DIGITS = Map.of("entailment", "0", "not_entailment", "1");

    @TempDir
    Path folder;

    @AfterAll
    static void closeTokenizer() {
        TOKENIZER.close();
    }

    private RecordSource file(String name, String text) throws IOException {
        return RecordSource.of(Files.writeString(folder.resolve(name), text), RecordFormat.JSON_LINES);
    }

    private static ExampleForm form(String prefix, String prompt, String answer) {
        return new ExampleForm(
                new Prompt(prefix, Template.parse(prompt)), new Answer(Template.parse(answer), Map.of()), true, 2048);
    }

    private static ExampleForm labels(int maxLength) {
        return new ExampleForm(
                new Prompt("", Template.parse("{a}###")),
                new Answer(Template.parse("{label}"), DIGITS),
                false,
                maxLength);
    }

    private static Sets load(RecordSource source, Split split, ExampleForm form) {
        return new ExampleFiles(source, split, form, Order.SHUFFLED, Problems.FAIL).load(TOKENIZER, note -> {
            throw new AssertionError(note);
        });
    }

    private static int[] join(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    @Test
    void partsAreEncodedApartAndOnlyTheAnswerIsTrained() throws IOException {
        RecordSource source = file("a.jsonl", "{\"q\": \"Is it\", \"n\": 7}\n");
        Sets sets = load(source, new Split.None(), form("Answer:", "{q} ", "un{n}"));

        Example example = sets.training().example(0);

        int[] before = join(TOKENIZER.encode("Answer:"), TOKENIZER.encode("Is it "));
        int[] answer = join(TOKENIZER.encode("un7"), new int[] {TOKENIZER.endOfText()});
        int[] masked = new int[before.length];
        Arrays.fill(masked, CrossEntropy.IGNORED);
        assertArrayEquals(join(before, answer), example.ids());
        assertArrayEquals(join(masked, answer), example.labels());
        assertTrue(
                TOKENIZER.encode("Answer:Is it un7").length != example.ids().length - 1,
                "the case must tell parts from a whole");
        assertNull(sets.validation());
    }

    @Test
    void aLabelIsAnsweredByItsTextWithoutAnEnd() throws IOException {
        RecordSource source = file(
                "a.jsonl",
                "{\"a\": \"x\", \"label\": \"not_entailment\"}\n{\"a\": \"y\", \"label\": \"entailment\"}\n");

        TrainingData data = load(source, new Split.None(), labels(10)).training();

        for (int i = 0; i < 2; i++) {
            int[] labels = data.example(i).labels();
            int[] digit = TOKENIZER.encode(i == 0 ? "1" : "0");
            assertEquals(digit[0], labels[labels.length - 1]);
            assertEquals(
                    labels.length - 1,
                    Arrays.stream(labels).filter(l -> l == CrossEntropy.IGNORED).count());
        }
    }

    /** One report names every kind, with number and places, in all files. */
    @Test
    void everythingThatIsWrongIsSaidAtOnce() throws IOException {
        RecordSource source = file(
                "a.jsonl",
                """
                {"a": "good", "label": "entailment"}
                {"a": "no label"}
                {"a": "blank", "label": " "}
                {"a": "other", "label": "entailmant"}
                {"a": "one two three four five six seven eight nine ten", "label": "entailment"}
                {"a": 7, "label": "entailment"}
                {"a": "broken", "label":
                {"a": "", "label": "not_entailment"}
                {"a": "good too", "label": "not_entailment"}
                """);
        RecordSource held = file("b.jsonl", "{\"a\": \"x\", \"label\": \"entailment\"}\n{\"a\": \"x\"}\n");
        ExampleFiles files =
                new ExampleFiles(source, new Split.HeldOutFile(held), labels(8), Order.SHUFFLED, Problems.FAIL);

        String report = assertThrows(InputException.class, () -> files.load(TOKENIZER, note -> {}))
                .getMessage()
                .replace(folder + "/", "");

        List<String> lines = report.lines().map(String::strip).toList();
        assertEquals("8 records cannot be used:", lines.get(0));
        assertTrue(lines.get(1).startsWith("malformed, 1 record: a.jsonl:7 is not JSON: "), report);
        assertEquals("missing field, 2 records: a.jsonl:2 has no 'label'; b.jsonl:2 has no 'label'", lines.get(2));
        assertEquals(
                "mixed types, 1 record: a.jsonl:6 has a number in 'a', where most records have a text", lines.get(3));
        assertEquals("empty prompt, 1 record: a.jsonl:8 has nothing in a", lines.get(4));
        assertEquals("empty answer, 1 record: a.jsonl:3 has nothing in '{label}'", lines.get(5));
        assertTrue(
                lines.get(6).startsWith("label not in the set, 1 record: a.jsonl:4 has 'entailmant', expected ")
                        && lines.get(6).endsWith(" (did you mean 'entailment'?)"),
                report);
        assertEquals("longer than the limit, 1 record: a.jsonl:5 has 12 tokens, expected at most 8", lines.get(7));
        assertEquals("Correct the data, or leave these records out with the key problems: skip", lines.get(8), report);
    }

    @Test
    void skippedRecordsAreCountedAndTheRestIsWhole() throws IOException {
        RecordSource source = file(
                "a.jsonl",
                """
                {"a": "one", "label": "entailment"}
                {"a": "two"}
                {"a": "one two three four five six seven eight nine ten", "label": "entailment"}
                {"a": "three", "label": "not_entailment"}
                """);
        List<String> notes = new ArrayList<>();
        ExampleFiles files = new ExampleFiles(source, new Split.None(), labels(8), Order.SHUFFLED, Problems.SKIP);

        Sets sets = files.load(TOKENIZER, notes::add);

        assertEquals(2, sets.training().size());
        assertEquals("2 records cannot be used and were left out:", notes.get(0));
        assertEquals(3, notes.size());
        RecordSource nothing = file("c.jsonl", "{\"a\": \"x\", \"label\": \"maybe\"}\n");
        InputException none = assertThrows(InputException.class, () -> new ExampleFiles(
                        nothing, new Split.None(), labels(8), Order.SHUFFLED, Problems.SKIP)
                .load(TOKENIZER, note -> {}));
        assertTrue(none.getMessage().endsWith("c.jsonl is left for training"), none::getMessage);
    }

    private static Set<String> texts(TrainingData data) {
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < data.size(); i++) {
            texts.add(TOKENIZER.decode(data.example(i).ids()));
        }
        assertEquals(data.size(), texts.size());
        return texts;
    }

    private RecordSource numbered(int count) throws IOException {
        StringBuilder lines = new StringBuilder();
        IntStream.range(0, count).forEach(i -> lines.append("{\"a\": \"n" + i + "\", \"label\": \"entailment\"}\n"));
        return file("n.jsonl", lines.toString());
    }

    @Test
    void aPartOfTheTrainingFileIsHeldOutByTheSeedAlone() throws IOException {
        RecordSource source = numbered(101);
        Sets sets = load(source, new Split.PartOfTraining(0.2, 123), labels(16));

        assertEquals(21, sets.validation().size());
        Set<String> all = texts(sets.training());
        all.addAll(texts(sets.validation()));
        assertEquals(101, all.size());
        Split again = new Split.PartOfTraining(0.2, 123);
        assertEquals(
                texts(sets.validation()), texts(load(source, again, labels(9)).validation()));
        assertNotEquals(
                texts(sets.validation()),
                texts(load(source, new Split.PartOfTraining(0.2, 124), labels(16))
                        .validation()));
        InputException tooFew = assertThrows(
                InputException.class, () -> load(numbered(1), new Split.PartOfTraining(0.2, 1), labels(16)));
        assertTrue(tooFew.getMessage().contains("has 1 entries, of which 1 would be held out"), tooFew::getMessage);
    }

    /** The references of one set of triples stay together: otherwise the validation repeats what was trained. */
    @Test
    void recordsOfOneEntryStayOnOneSide() throws IOException {
        StringBuilder entries = new StringBuilder("[");
        for (int i = 0; i < 20; i++) {
            String text = "{\"source\": \"s\", \"text\": \"t%d\"}";
            entries.append(i == 0 ? "" : ",\n")
                    .append("{\"tripleset\": [[\"s" + i + "\", \"p\", \"o\"]], \"annotations\": [")
                    .append(text.formatted(2 * i) + ", " + text.formatted(2 * i + 1) + "]}");
        }
        Path path = Files.writeString(folder.resolve("dart.json"), entries + "]");
        Sets sets = load(
                RecordSource.of(path, RecordFormat.DART),
                new Split.PartOfTraining(0.25, 5),
                form("", "{triples}", " {text}"));

        Set<String> trained = new HashSet<>();
        texts(sets.training()).forEach(text -> trained.add(text.split(" ", 2)[0]));
        assertEquals(10, sets.validation().size());
        assertEquals(15, trained.size());
        texts(sets.validation()).forEach(text -> assertTrue(!trained.contains(text.split(" ", 2)[0]), text));
    }

    @Test
    void otherExamplesHaveAnotherFingerprint() throws IOException {
        String one = load(numbered(5), new Split.None(), labels(16)).training().fingerprint();
        assertEquals(
                one, load(numbered(5), new Split.None(), labels(16)).training().fingerprint());
        assertNotEquals(
                one, load(numbered(6), new Split.None(), labels(16)).training().fingerprint());
        String shifted = load(numbered(5), new Split.None(), form("", "{a}", "###0"))
                .training()
                .fingerprint();
        assertNotEquals(
                shifted,
                load(numbered(5), new Split.None(), form("", "{a}###", "0"))
                        .training()
                        .fingerprint());
        assertTrue(new ExampleFiles(numbered(5), new Split.None(), labels(16), Order.BUCKETED, Problems.FAIL)
                .load(TOKENIZER, note -> {})
                .training()
                .fingerprint()
                .contains("BUCKETED"));
    }
}
