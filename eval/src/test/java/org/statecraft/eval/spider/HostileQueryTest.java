package org.statecraft.eval.spider;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.eval.spider.Execution.Outcome;
import org.statecraft.eval.spider.ReadOnlyDatabase.QueryFailure;

/** What a model could write to do harm. The limit on the test itself is there for the case that nothing stops a query. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileQueryTest {
    private static final SqlExecution.Limits SHORT = new SqlExecution.Limits(Duration.ofMillis(300), 1_000);
    /** Of queries that end by themselves, also where the machine is busy. */
    private static final SqlExecution.Limits LONG = new SqlExecution.Limits(Duration.ofSeconds(60), 1_000);

    @TempDir
    private Path root;

    private Path file;
    private byte[] before;

    @BeforeEach
    void write() throws IOException {
        file = root.resolve("toy.sqlite");
        ToyDatabase.write(file);
        before = Files.readAllBytes(file);
    }

    @AfterEach
    void nothingChanged() throws IOException {
        assertArrayEquals(before, Files.readAllBytes(file));
        try (Stream<Path> files = Files.list(root)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ATTACH DATABASE 'other.sqlite' AS other",
                "PRAGMA writable_schema = 1",
                "PRAGMA query_only = 0",
                "DROP TABLE item",
                "DELETE FROM item",
                "UPDATE item SET price = 0",
                "INSERT INTO item VALUES (9, 'x', 1)",
                "CREATE TEMP TABLE t AS SELECT * FROM item",
                "VACUUM INTO 'copy.sqlite'",
                "VALUES (1)",
                "EXPLAIN SELECT 1",
                "BEGIN EXCLUSIVE",
                "restore from other.sqlite",
                "backup to copy.sqlite",
                "/* SELECT */ DROP TABLE item",
                "",
                "-- SELECT 1",
                ";",
            })
    void onlySelectAndWithAreRun(String sql) {
        String reason = refusal(sql);
        assertTrue(reason.contains("it begins with") || reason.contains("no statement"), reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT id FROM item; DROP TABLE item",
                "SELECT id FROM item;;",
                "SELECT id FROM item;/**/SELECT 1",
                "SELECT 'a;b' FROM item -- ; \n; ATTACH 'x' AS y",
                "SELECT [a;b] FROM item; DELETE FROM item",
                "SELECT \"a\"\";\" FROM item /* ; */ ; DELETE FROM item",
            })
    void aSecondStatementIsFoundBehindQuotesAndComments(String sql) {
        assertEquals("it has more than one statement", refusal(sql));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT id FROM item;",
                "SELECT id FROM item ; -- end",
                "SELECT 'a;b' FROM item",
                "SELECT 'it''s; -- one' FROM item",
                "/* ; */ SELECT id /* ; */ FROM item -- ; DROP TABLE item",
                "with t AS (SELECT id FROM item) SELECT id FROM t",
            })
    void oneStatementIsOne(String sql) throws QueryFailure {
        assertEquals(1, run(sql).size());
    }

    @Test
    void aZeroCharacterHidesNothing() {
        assertTrue(refusal("SELECT 1\0; DROP TABLE item").contains("zero character"));
    }

    @Test
    void aWriteBehindWithFails() {
        assertEquals("Query does not return results", refusal("WITH t AS (SELECT 1) DELETE FROM item"));
        String reason = refusal("WITH t AS (SELECT 1) DELETE FROM item RETURNING id");
        assertTrue(reason.contains("readonly"), reason);
    }

    @Test
    void extensionsCannotBeLoaded() {
        assertTrue(refusal("SELECT load_extension('libm.so.6')").contains("not authorized"));
    }

    @Test
    void aHugeValueIsRefused() {
        assertTrue(refusal("SELECT zeroblob(900000000)").contains("too big"));
    }

    @Test
    void aParameterIsNotTakenForNull() {
        assertTrue(refusal("SELECT id FROM item WHERE id = ?").contains("parameter"));
    }

    @Test
    void moreRowsThanTheLimitAreAFailure() throws QueryFailure {
        String numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT %d) SELECT i FROM n";
        assertEquals(1_000, run(numbers.formatted(1_000)).get(0).size());
        assertTrue(refusal(numbers.formatted(1_001)).contains("more than 1000 rows"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n WHERE i < 0",
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n ORDER BY -i",
            })
    void endlessRecursionStops(String sql) {
        assertEquals("it ran longer than 300 ms", refusal(sql, SHORT));
    }

    @Test
    void aHugeCrossJoinStopsAndTheDatabaseCanBeUsedAgain() throws QueryFailure {
        String join = IntStream.range(0, 30).mapToObj(i -> "item AS t" + i).collect(Collectors.joining(", "));
        // long enough for the second query on a busy machine
        SqlExecution.Limits limits = new SqlExecution.Limits(Duration.ofSeconds(3), 1_000);
        try (ReadOnlyDatabase database = ReadOnlyDatabase.open(file, limits)) {
            QueryFailure failure =
                    assertThrows(QueryFailure.class, () -> database.columns("SELECT count(*) FROM " + join, 1));
            assertEquals("it ran longer than 3 s", failure.getMessage());
            assertEquals(List.of(List.of(5L)), database.columns("SELECT count(*) FROM item", 1));
        }
    }

    @Test
    void aPredictionThatRunsAwayIsWrongForThatReason() {
        String join = IntStream.range(0, 30).mapToObj(i -> "item AS t" + i).collect(Collectors.joining(" JOIN "));
        SpiderScore score = ToyDatabase.score(
                "SELECT count(*) FROM item", "SELECT count(*) FROM " + join, new SqlExecution(root, SHORT));
        assertEquals(Outcome.PREDICTION_FAILED, score.execution().outcome());
        assertEquals(
                "the prediction failed: it ran longer than 300 ms",
                score.execution().reason());
    }

    @Test
    void aSecondStatementThatTheEvaluatorPassesOverIsNotRun() {
        SpiderScore score = ToyDatabase.score(
                "SELECT id FROM item", "SELECT id FROM item ; DROP TABLE item", new SqlExecution(root, SHORT));
        assertTrue(score.exact());
        assertEquals(
                "the prediction failed: it has more than one statement",
                score.execution().reason());
    }

    private String refusal(String sql) {
        return refusal(sql, LONG);
    }

    private String refusal(String sql, SqlExecution.Limits limits) {
        return assertThrows(QueryFailure.class, () -> run(sql, limits)).getMessage();
    }

    private List<List<Object>> run(String sql) throws QueryFailure {
        return run(sql, LONG);
    }

    private List<List<Object>> run(String sql, SqlExecution.Limits limits) throws QueryFailure {
        try (ReadOnlyDatabase database = ReadOnlyDatabase.open(file, limits)) {
            return database.columns(sql, 1);
        }
    }
}
