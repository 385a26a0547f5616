package org.statecraft.model.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.InputException;

/** The official files of DART and Spider give the texts of the reference, byte for byte (invented records). */
class BenchmarkFilesTest {
    private static final String TRIPLES = "Port Ells : LIGHTHOUSE : Grey Finger | Grey Finger : HEIGHT : 31 | 33 m";

    @TempDir
    Path temporary;

    private static List<DataRecord> read(String file, RecordFormat format, References references) {
        Mistakes mistakes = new Mistakes();
        List<DataRecord> records =
                new RecordSource(DataFolder.resource(file), format, List.of(), references).read(mistakes);
        mistakes.throwIfAny();
        return records;
    }

    @ParameterizedTest
    @ValueSource(strings = {"dart.json", "dart.xml"})
    void dartGivesARecordForEachReferenceToTrainOn(String file) {
        List<DataRecord> records = read(file, RecordFormat.DART, References.APART);

        assertEquals(
                List.of(TRIPLES, TRIPLES, "Ada Quill : TRADE : glazier"),
                records.stream().map(record -> record.text("triples")).toList());
        assertEquals(
                List.of(
                        "Port Ells has the Grey Finger, of 31 m.",
                        "The Grey Finger stands in Port Ells.",
                        "Ada Quill is a glazier."),
                records.stream().map(record -> record.text("text")).toList());
        assertEquals(
                List.of("invented", "invented_too", "invented"),
                records.stream().map(record -> record.text("source")).toList());
        assertEquals(records.get(0).place(), records.get(1).place());
        assertTrue(records.get(2).line() > records.get(1).line());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dart.json", "dart.xml"})
    void dartGivesOneRecordWithAllReferencesToEvaluate(String file) {
        List<DataRecord> records = read(file, RecordFormat.DART, References.TOGETHER);

        assertEquals(2, records.size());
        assertEquals(
                "{\"triples\":\"" + TRIPLES + "\",\"references\":[\"Port Ells has the Grey Finger, of 31 m.\","
                        + "\"The Grey Finger stands in Port Ells.\"]}",
                records.get(0).fields().toString());
    }

    @Test
    void dartEntriesWithoutTextOrWithBrokenTriplesAreMistakes() throws IOException {
        List<String> mistakes = new DataFolder(temporary)
                .mistakes(
                        "a.json",
                        """
                        [{"tripleset": [["a", "b"]], "annotations": [{"source": "s", "text": "t"}]},
                         {"tripleset": [["a", "b", "c"]], "annotations": []},
                         {"annotations": [{"source": "s", "text": "t"}]}]
                        """,
                        RecordFormat.DART);

        assertEquals(
                List.of(
                        "malformed, 2 records: a.json:1 has triples that are not subject, predicate and object;"
                                + " a.json:3 has triples that are not subject, predicate and object",
                        "missing field, 1 record: a.json:2 has no reference text"),
                mistakes);
    }

    @Test
    void xmlReadsNothingOutsideAndUnfoldsNothing() throws IOException {
        Path secret = Files.writeString(temporary.resolve("secret.txt"), "do not read");
        String reached = "<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY x SYSTEM \"" + secret.toUri() + "\">]>"
                + "<benchmark><entry><mtriple>a | b | c</mtriple><lex>&x;</lex></entry></benchmark>";
        Path file = Files.writeString(temporary.resolve("test.xml"), reached);

        InputException refused = assertThrows(InputException.class, () -> RecordSource.of(file, RecordFormat.DART)
                .read(new Mistakes()));

        assertTrue(refused.getMessage().contains("test.xml:1: found a document type"), refused::getMessage);

        Files.writeString(file, "<benchmark>\n<entry>");
        InputException broken = assertThrows(InputException.class, () -> RecordSource.of(file, RecordFormat.DART)
                .read(new Mistakes()));
        assertTrue(broken.getMessage().contains("test.xml:2: not XML"), broken::getMessage);
    }

    @Test
    void spiderSchemaAndQueryAreWrittenAsTheReferenceDoes() {
        List<DataRecord> records = read("spider/dev.json", RecordFormat.SPIDER, References.APART);

        assertEquals(
                "grower: grower_id number ,  name text ,  foreign:  ,  primary: grower_id"
                        + " | tree: tree_id number ,  planter number ,  planted time ,"
                        + "  foreign: grower_id from grower ,  primary: tree_id , planted"
                        + " | note: text text ,  foreign:  ,  primary: ",
                records.get(0).text("schema"));
        assertEquals("How many Trees are there?", records.get(0).text("question"));
        assertEquals("select count(*) from tree", records.get(0).text("query"));
        assertEquals("SELECT count(*) FROM Tree ", records.get(0).text("gold"));
        assertEquals("orchard", records.get(1).text("db_id"));
    }

    @Test
    void theSpiderPromptIsThatOfTheReference() {
        DataRecord record =
                read("spider/dev.json", RecordFormat.SPIDER, References.APART).get(0);

        String prompt =
                Template.parse("Question: {question}\\Schema: {schema}\n###").render(record);

        assertTrue(
                prompt.startsWith("Question: How many Trees are there?\\Schema: grower: grower_id number ,  name text"),
                prompt);
        assertTrue(prompt.endsWith("primary: \n###"), prompt);
    }

    @Test
    void spiderNeedsItsTables() throws IOException {
        DataFolder data = new DataFolder(temporary);
        String questions = "[{\"db_id\": \"attic\", \"question\": \"q\", \"query\": \"s\"},\n {\"db_id\": \"attic\"}]";
        Path file = data.write("dev.json", questions);
        InputException refused = assertThrows(InputException.class, () -> RecordSource.of(file, RecordFormat.SPIDER)
                .read(new Mistakes()));
        assertTrue(refused.getMessage().contains("tables.json: no such file"), refused::getMessage);

        Path tables = data.write("tables.json.gz", "[]");
        assertEquals(
                List.of(file, tables),
                RecordSource.of(file, RecordFormat.SPIDER).files());
        assertEquals(
                List.of(
                        "malformed, 1 record: dev.json:1 names the database 'attic', which tables.json.gz does not have",
                        "missing field, 1 record: dev.json:2 has no text under 'question' or 'query'"),
                data.mistakes("dev.json", questions, RecordFormat.SPIDER));
    }
}
