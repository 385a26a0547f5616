package org.statecraft.model.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.InputException;

/** Fields go into texts, and a field that cannot is found before. */
class TemplateTest {
    @TempDir
    Path temporary;

    private List<DataRecord> records(String lines) throws IOException {
        Path file = new DataFolder(temporary).write("a.jsonl", lines);
        return RecordSource.of(file, RecordFormat.JSON_LINES).read(new Mistakes());
    }

    @Test
    void namesBetweenBracesAreFieldsAndDoubledBracesAreBraces() throws IOException {
        Template template = Template.parse("{{{a}}} {#1 String}{a}}}{{b}}");

        assertEquals(Set.of("a", "#1 String"), template.fields());
        assertEquals(
                "{x{y}} 2.50x{y}}{b}",
                template.render(
                        records("{\"a\": \"x{y}\", \"#1 String\": 2.50}\n").get(0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a {b", "a }", "{}", "{ }", "{a{b}}"})
    void aBraceWithoutItsPartnerIsRefused(String source) {
        InputException refused = assertThrows(InputException.class, () -> Template.parse(source));
        assertTrue(refused.getMessage().contains("the template '" + source + "' has a single"), refused::getMessage);
    }

    @Test
    void aFieldThatNoRecordHasIsAnErrorWithTheNearestName() throws IOException {
        List<DataRecord> records = records("{\"sentence1\": \"x\", \"label\": 1}\n{\"idx\": 1}\n");
        InputException refused = assertThrows(
                InputException.class, () -> FieldCheck.usable(records, Set.of("sentense1"), new Mistakes()));
        assertTrue(
                refused.getMessage()
                        .endsWith("a.jsonl has no field 'sentense1'; its fields are sentence1, label, idx;"
                                + " did you mean 'sentence1'?"),
                refused::getMessage);
    }

    @Test
    void recordsThatLackAFieldOrHaveItInAnotherTypeAreMistakes() throws IOException {
        List<DataRecord> records = records(
                """
                {"a": "x", "n": 1}
                {"a": "y", "n": "1"}
                {"a": null, "n": 2.5}
                {"n": 3}
                {"a": "z", "n": [3]}
                {"a": true, "n": 4}
                {"a": "", "n": 5, "other": [1]}
                """);
        Mistakes mistakes = new Mistakes();

        List<DataRecord> usable = FieldCheck.usable(records, List.of("a", "n"), mistakes);

        assertEquals(List.of(1, 7), usable.stream().map(DataRecord::line).toList());
        assertEquals(
                List.of(
                        "missing field, 2 records: a.jsonl:3 has no 'a'; a.jsonl:4 has no 'a'",
                        "mixed types, 3 records: a.jsonl:2 has a text in 'n', where most records have a number;"
                                + " a.jsonl:5 has a list or an object in 'n', where most records have a number;"
                                + " a.jsonl:6 has true or false in 'a', where most records have a text"),
                mistakes.messages().stream()
                        .map(message -> message.replace(temporary + "/", ""))
                        .toList());
        InputException all = assertThrows(InputException.class, mistakes::throwIfAny);
        assertTrue(all.getMessage().startsWith("5 records cannot be used:\n  missing field"), all::getMessage);
        assertTrue(all.getMessage().endsWith("problems: skip"), all::getMessage);
    }

    @Test
    void aFieldOfListsIsNoText() throws IOException {
        List<DataRecord> records = records("{\"a\": [1]}\n{\"a\": [2]}\n");
        InputException refused =
                assertThrows(InputException.class, () -> FieldCheck.usable(records, List.of("a"), new Mistakes()));
        assertTrue(refused.getMessage().contains("the field 'a' holds a list or an object"), refused::getMessage);
    }
}
