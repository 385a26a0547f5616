package org.statecraft.model.records;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.statecraft.model.InputException;

/** Each format gives the fields of its file, each record with its line, and says what it cannot read. */
class RecordSourceTest {
    @TempDir
    Path temporary;

    private DataFolder data;

    @BeforeEach
    void open() {
        data = new DataFolder(temporary);
    }

    @Test
    void jsonLinesKeepTypesAndDigits() throws IOException {
        String text = "{\"a\": \"x\\u2028y\", \"n\": 1.0}\r\n\n{\"a\": \"z\", \"n\": 2, \"deep\": {\"list\": [1]}}";

        List<String> read = data.read("a.jsonl", text, RecordFormat.JSON_LINES);

        assertEquals(
                List.of("1 {\"a\":\"x\u2028y\",\"n\":1.0}", "3 {\"a\":\"z\",\"n\":2,\"deep\":{\"list\":[1]}}"), read);
    }

    @Test
    void aLineThatIsNoObjectIsNamedAndTheOthersAreRead() throws IOException {
        String text = "{\"a\": 1}\n{\"a\": 1\n[1]\n{\"a\": 1} x\n{\"a\": 1, \"a\": 2}\n{\"a\": 2}\n";

        List<String> mistakes = data.mistakes("a.jsonl", text, RecordFormat.JSON_LINES);

        assertEquals(1, mistakes.size());
        String message = mistakes.get(0);
        assertTrue(message.startsWith("malformed, 4 records: a.jsonl:2 is not JSON: Unexpected end"), message);
        assertTrue(message.contains("; a.jsonl:3 is no JSON object; a.jsonl:4 is not JSON: "), message);
        assertTrue(message.endsWith("; and 1 more"), message);
    }

    @Test
    void csvHasQuotesThatHoldCommasQuotesAndLines() throws IOException {
        String text = "\uFEFFid,text\r\n1,\"a, \"\"b\"\"\nc\"\r\n\r\n2,\r\n3, d \r\n";

        assertEquals(
                List.of(
                        "2 {\"id\":\"1\",\"text\":\"a, \\\"b\\\"\\nc\"}",
                        "5 {\"id\":\"2\",\"text\":\"\"}",
                        "6 {\"id\":\"3\",\"text\":\" d \"}"),
                data.read("a.csv", text, RecordFormat.CSV));
    }

    @Test
    void tsvIsQuotedOrNotAsItIsTold() throws IOException {
        String text = "a\tb\n\"x\ty\"\tz\n";

        assertEquals(List.of("2 {\"a\":\"x\\ty\",\"b\":\"z\"}"), data.read("a.tsv", text, RecordFormat.TSV));
        assertEquals(
                List.of("wrong number of columns, 1 record: a.tsv:2 has 3, expected 2 (a, b)"),
                data.mistakes("a.tsv", text, RecordFormat.TSV_UNQUOTED));
        assertEquals(
                List.of("2 {\"a\":\"\\\"x\",\"b\":\"5\\\" pipe\"}"),
                data.read("b.tsv", "a\tb\n\"x\t5\" pipe\n", RecordFormat.TSV_UNQUOTED));
    }

    @Test
    void namedColumnsMeanThatThereIsNoHeaderLine() throws IOException {
        assertEquals(
                List.of("1 {\"source\":\"gj04\",\"label\":\"1\",\"mark\":\"\",\"sentence\":\"Bees hum.\"}"),
                data.read(
                        "cola.tsv",
                        "gj04\t1\t\tBees hum.\n",
                        RecordFormat.TSV_UNQUOTED,
                        "source",
                        "label",
                        "mark",
                        "sentence"));
        InputException refused =
                assertThrows(InputException.class, () -> data.read("a.jsonl", "{}", RecordFormat.JSON_LINES, "a"));
        assertTrue(refused.getMessage().contains("columns were named for the format json-lines"), refused::getMessage);
    }

    @Test
    void aFileThatCannotBeReadToItsEndIsRefusedAsAWhole() throws IOException {
        assertRefused("a.csv", "a,b\n1,\"x\n2,y\n", RecordFormat.CSV, "use the format tsv-unquoted");
        assertRefused("b.csv", "a,b\n1,\"x\" y\n", RecordFormat.CSV, "use the format tsv-unquoted");
        assertRefused("c.csv", "a,a\n1,2\n", RecordFormat.CSV, "c.csv:1: the header line names the column 'a' twice");
        assertRefused("d.csv", "a,\n1,2\n", RecordFormat.CSV, "d.csv:1: the header line has a column without a name");
        assertRefused("a.json", "[{\"a\": 1},\n{\"a\": ]", RecordFormat.JSON_ARRAY, "a.json:2:");
        assertRefused("b.json", "{\"a\": 1}", RecordFormat.JSON_ARRAY, "b.json does not begin with '['");
        assertRefused("c.json", "[{\"a\": 1}]\n7", RecordFormat.JSON_ARRAY, "c.json:2: something follows");
        assertRefused("d.json", "[{\"a\": 1}", RecordFormat.JSON_ARRAY, "d.json:1:");
    }

    private void assertRefused(String name, String text, RecordFormat format, String part) throws IOException {
        Path file = data.write(name, text);
        InputException refused = assertThrows(
                InputException.class, () -> RecordSource.of(file, format).read(new Mistakes()));
        assertTrue(refused.getMessage().contains(part), refused::getMessage);
        assertTrue(refused.getMessage().contains(name), refused::getMessage);
    }

    @ParameterizedTest
    @EnumSource(
            value = RecordFormat.class,
            names = {"JSON_LINES", "JSON_ARRAY", "CSV", "TSV", "TSV_UNQUOTED", "TEXT_LINES", "DART"})
    void aFileWithoutRecordsIsRefused(RecordFormat format) throws IOException {
        String text =
                switch (format) {
                    case JSON_ARRAY, DART -> "[]";
                    case CSV, TSV, TSV_UNQUOTED -> "header\n\n";
                    default -> "\n \n";
                };
        assertRefused("empty", text, format, "holds no records");
    }

    @Test
    void aFileThatIsNotUtf8IsRefused() throws IOException {
        Path file = temporary.resolve("latin1.csv");
        Files.write(file, new byte[] {'a', '\n', (byte) 0xE9, '\n'});
        for (RecordFormat format : List.of(RecordFormat.CSV, RecordFormat.TEXT_LINES)) {
            InputException refused = assertThrows(
                    InputException.class, () -> RecordSource.of(file, format).read(new Mistakes()));
            assertTrue(refused.getMessage().startsWith(file + ":2: the file is not UTF-8 text"), refused::getMessage);
        }
    }

    @Test
    void packedFilesAreReadDirectly() throws IOException {
        assertEquals(
                List.of("1 {\"text\":\"one\"}", "3 {\"text\":\" two\"}"),
                data.read("a.txt.gz", "\uFEFFone\r\n\n two\n", RecordFormat.TEXT_LINES));
    }

    @Test
    void jsonArraysKnowTheLineOfEachElement() throws IOException {
        assertEquals(
                List.of("1 {\"a\":1}", "3 {\"a\":2}"),
                data.read("a.json", "[{\"a\": 1},\n\n {\"a\":\n 2}]", RecordFormat.JSON_ARRAY));
        assertEquals(
                List.of("malformed, 1 record: b.json:2 is no JSON object"),
                data.mistakes("b.json", "[{\"a\": 1},\n 7]", RecordFormat.JSON_ARRAY));
    }
}
