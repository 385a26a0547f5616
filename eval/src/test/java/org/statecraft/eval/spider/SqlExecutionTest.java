package org.statecraft.eval.spider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.statecraft.eval.spider.Execution.Outcome;
import org.statecraft.model.InputException;

class SqlExecutionTest {
    @TempDir
    private Path root;

    private SqlExecution databases;

    @BeforeEach
    void write() {
        ToyDatabase.write(root.resolve("toy.sqlite"));
        databases = SqlExecution.over(root);
    }

    @Test
    void theOrderOfColumnsDoesNotCountAndThatOfRowsDoes() {
        assertTrue(executed("SELECT id , price FROM item", "SELECT price , id FROM item"));
        assertTrue(executed("SELECT id FROM item ORDER BY id", "SELECT id FROM item"));
        assertFalse(executed("SELECT id FROM item ORDER BY id DESC", "SELECT id FROM item"));
    }

    @Test
    void aRepeatedExpressionCountsOnceAndDuplicateRowsCount() {
        assertTrue(executed("SELECT id , id FROM item", "SELECT id FROM item"));
        assertFalse(executed("SELECT item_id FROM sale", "SELECT DISTINCT item_id FROM sale"));
    }

    @Test
    void equalNumbersAreEqualWhateverTheirType() {
        // price holds 2.0 and an integer made real by the column's affinity; amount holds integers
        assertTrue(executed("SELECT price FROM item WHERE id = 1", "SELECT price FROM item WHERE id = 3"));
        assertFalse(executed("SELECT name FROM item WHERE id = 1", "SELECT name FROM item WHERE id = 3"));
    }

    @Test
    void aKeyMayBeTakenFromEitherTableOfAForeignKey() {
        String join = " FROM item AS T1 JOIN sale AS T2 ON T1.id = T2.item_id";
        assertTrue(executed("SELECT T1.id" + join, "SELECT T2.item_id" + join));
    }

    @Test
    void bytesThatAreNoTextAreLeftOut() {
        assertTrue(executed("SELECT name FROM item WHERE id = 4", "SELECT name FROM item WHERE id = 5"));
    }

    @Test
    void aFailingPredictionIsWrongAndKeepsItsReason() {
        SpiderScore score =
                ToyDatabase.score("SELECT id FROM item", "SELECT id FROM item WHERE name LIKE 'a' ;", databases);
        assertEquals(Outcome.DIFFERENT, score.execution().outcome());
        // the evaluator reads no further than the limit, SQLite does
        SpiderScore broken =
                ToyDatabase.score("SELECT id FROM item", "SELECT id FROM item LIMIT 1 nonsense", databases);
        assertFalse(broken.executed());
        assertTrue(
                broken.execution().reason().contains("nonsense"),
                broken.execution().reason());
    }

    @Test
    void aPredictionThatIsNoQueryOfTheBenchmarkIsWrongEvenIfItRuns() {
        SpiderScore score =
                ToyDatabase.score("SELECT id FROM item", "SELECT id FROM item WHERE id IS NOT NULL", databases);
        assertEquals(Outcome.PREDICTION_FAILED, score.execution().outcome());
        assertTrue(score.unparsable().contains("'not'"), score.unparsable());
    }

    @Test
    void aFailingGoldQuerySaysNothingAboutThePrediction() {
        String gold = "SELECT id FROM item LIMIT 1 nonsense";
        SpiderScore score = ToyDatabase.score(gold, gold, databases);
        assertNull(score.executed());
        assertTrue(
                score.execution().reason().contains("not executable"),
                score.execution().reason());
        SpiderScore good = ToyDatabase.score("SELECT id FROM item", "SELECT id FROM item", databases);
        SpiderTable.Level all = SpiderTable.of(List.of(score, good)).all();
        assertEquals(List.of(2, 1, 1), List.of(all.count(), all.executable(), all.goldFailures()));
        assertEquals(1.0, all.executed());
    }

    @Test
    void aDatabaseStandsInItsOwnFolderOrBesideTheOthers() throws IOException {
        Path nested = Files.createDirectories(root.resolve("nested/toy"));
        Files.move(root.resolve("toy.sqlite"), nested.resolve("toy.sqlite"));
        databases = SqlExecution.over(root.resolve("nested"));
        assertTrue(executed("SELECT id FROM item", "SELECT id FROM item"));
        Files.move(nested.resolve("toy.sqlite"), root.resolve("nested/toy.sqlite"));
        assertTrue(executed("SELECT id FROM item", "SELECT id FROM item"));
    }

    @Test
    void aFolderNameWithTheSignsOfAUrlIsAFolder() throws IOException {
        Path odd = Files.createDirectories(root.resolve("50% of a#b?mode=rwc&c ü"));
        Files.move(root.resolve("toy.sqlite"), odd.resolve("toy.sqlite"));
        databases = SqlExecution.over(odd);
        assertTrue(executed("SELECT id FROM item", "SELECT id FROM item"));
    }

    @Test
    void aMissingOrBrokenDatabaseIsAnErrorThatNamesTheFile() throws IOException {
        Files.writeString(
                root.resolve("toy.sqlite"),
                "this is no database, but long enough to be asked for its header".repeat(9));
        InputException broken =
                assertThrows(InputException.class, () -> executed("SELECT id FROM item", "SELECT id FROM item"));
        assertTrue(broken.getMessage().contains("toy.sqlite"), broken.getMessage());
        Files.delete(root.resolve("toy.sqlite"));
        InputException missing =
                assertThrows(InputException.class, () -> executed("SELECT id FROM item", "SELECT id FROM item"));
        assertTrue(
                missing.getMessage().contains("toy" + root.getFileSystem().getSeparator() + "toy.sqlite"),
                missing.getMessage());
        assertFalse(Files.exists(root.resolve("toy.sqlite")));
    }

    @Test
    void aDatabaseNameCannotLeadOutOfTheFolder() {
        SqlExecution.Query query = new SqlExecution.Query("SELECT 1", SpiderSql.EMPTY);
        for (String name : List.of("../toy", "..", "/toy", "a/b", "", ".toy")) {
            assertThrows(InputException.class, () -> databases.compare(name, query, query), name);
        }
    }

    private boolean executed(String gold, String prediction) {
        SpiderScore score = ToyDatabase.score(gold, prediction, databases);
        assertNull(score.unparsable());
        return score.executed();
    }
}
