package org.statecraft.eval.spider;

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
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.model.InputException;

class SpiderSchemaTest {
    @TempDir
    private Path folder;

    @Test
    void allSchemasOfTheBenchmarkAreRead() {
        assertEquals(166, SpiderFixtures.ENGLISH.size());
        assertEquals(164, SpiderFixtures.GERMAN.size());
        SpiderSchema concerts = SpiderFixtures.ENGLISH.get("concert_singer");
        assertEquals(List.of("concert_id", "singer_id"), concerts.tables().get("singer_in_concert"));
        assertEquals("stadium.stadium_id", concerts.representatives().get("concert.stadium_id"));
    }

    @Test
    void aPlainFileIsReadToo() throws IOException {
        Path file = folder.resolve("tables.json");
        Files.writeString(
                file,
                """
                [{"db_id": "d", "table_names_original": ["A", "B"],
                  "column_names_original": [[-1, "*"], [0, "X"], [1, "Y"], [1, "Z"]],
                  "foreign_keys": [[3, 1], [2, 3]]}]
                """);
        SpiderSchema schema = SpiderSchema.read(file).get("d");
        assertEquals(List.of("y", "z"), schema.tables().get("b"));
        assertEquals("a.x", schema.representatives().get("b.y"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | expected a list",
                "[{ | damaged",
                "[{\"db_id\": \"d\"}] | entry 1: no list 'table_names_original'",
                "[{}] | entry 1: no 'db_id'",
                "[{\"db_id\": \"d\", \"table_names_original\": [], \"column_names_original\": [[0, \"x\"]], \"foreign_keys\": []}] | belongs to no table",
                "[{\"db_id\": \"d\", \"table_names_original\": [], \"column_names_original\": [], \"foreign_keys\": [[0, 1]]}] | names no columns",
            })
    void aDamagedFileIsToldWhere(String json, String message) throws IOException {
        Path file = folder.resolve("tables.json");
        Files.writeString(file, json);
        InputException wrong = assertThrows(InputException.class, () -> SpiderSchema.read(file));
        assertTrue(wrong.getMessage().contains(message), wrong.getMessage());
        assertTrue(wrong.getMessage().contains("tables.json"), wrong.getMessage());
    }
}
