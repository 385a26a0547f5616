package org.statecraft.eval.spider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.InputException;

class SpiderSqlTest {
    private static final SpiderSchema TOY = ToyDatabase.SCHEMAS.get(ToyDatabase.ID);

    @Test
    void tokensAreThoseOfAnEnglishTokenizer() {
        assertEquals(List.of("count", "(", "*", ")", ">=", "\"A b\"", ";"), texts("COUNT(*) > = 'A b';"));
        assertEquals(List.of("a=1", ",", "b", "!=", "2,3", "."), texts("a=1,b != 2,3."));
        assertEquals(List.of("a", ">", "=5"), texts("a>=5"));
        assertEquals(List.of("t1.name", "<", ">", "x"), texts("T1.name <> x"));
    }

    @Test
    void quotedTextsThatTouchAreNoValue() {
        List<SqlToken> tokens = SqlTokenizer.tokens("'it''s' \"x\"");
        assertEquals(List.of(false, true), tokens.stream().map(SqlToken::quoted).toList());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT nme FROM item | at character 8 ('nme'): no such column in [item]",
                "SELECT name FROM itm | at character 18 ('itm'): no table or alias of that name",
                "SELECT name FROM item WHERE name = 'x | at character 36: the quote is not closed",
                "SELECT name | at its end: no FROM",
                "SELECT name FROM item LIMIT many | at character 29 ('many'): LIMIT needs a whole number",
                "SELECT name FROM item GROUP name | at character 29 ('name'): expected 'by'",
                "SELECT name FROM item WHERE name 'x' | at character 34 ('\"x\"'): expected a comparison",
                "SELECT name FROM item WHERE id = 1 id = 2 OR id = 3 | at character 43 ('or'): expected a comparison",
                "SELECT item.name FROM item AS item | the alias 'item' is the name of a table",
            })
    void aQueryThatCannotBeParsedIsToldWhere(String sql, String message) {
        InputException wrong = assertThrows(InputException.class, () -> SpiderSql.parse(sql, TOY));
        assertTrue(wrong.getMessage().startsWith(message), wrong.getMessage());
    }

    @Test
    void aGoldQueryThatCannotBeParsedIsAnErrorWithTheQuery() {
        InputException wrong = assertThrows(
                InputException.class,
                () -> SpiderScore.of("SELECT nme FROM item", "SELECT 1", ToyDatabase.ID, ToyDatabase.SCHEMAS, null));
        assertTrue(wrong.getMessage().contains("character 8"), wrong.getMessage());
        assertTrue(wrong.getMessage().contains("SELECT nme FROM item"), wrong.getMessage());
        assertTrue(wrong.getMessage().contains("database toy"), wrong.getMessage());
    }

    @Test
    void aDatabaseWithoutSchemaIsAnError() {
        InputException wrong = assertThrows(
                InputException.class, () -> SpiderScore.of("SELECT 1", "SELECT 1", "zoo", ToyDatabase.SCHEMAS, null));
        assertTrue(wrong.getMessage().contains("'zoo'"), wrong.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "(",
                "SELECT",
                "'",
                "as",
                "x as",
                "SELECT * FROM",
                "SELECT count FROM item",
                "((((((((",
                "."
            })
    void anythingMayBePredicted(String prediction) {
        SpiderScore score =
                SpiderScore.of("SELECT id FROM item", prediction, ToyDatabase.ID, ToyDatabase.SCHEMAS, null);
        assertFalse(score.exact());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT name FROM item LEFT JOIN sale ON item.id = sale.item_id",
                "SELECT name FROM item WHERE id IS NULL",
                "SELECT name AS n FROM item",
                "SELECT name FROM item , sale",
                "SELECT name FROM item WHERE id IN (1, 2)",
                "SELECT name FROM item WHERE id=1",
            })
    void sqlThatTheBenchmarkDoesNotUseIsOutsideItsGrammar(String sql) {
        assertThrows(InputException.class, () -> SpiderSql.parse(sql, TOY));
    }

    @Test
    void aClauseBehindItsPlaceIsPassedOver() {
        SpiderSql misplaced = SpiderSql.parse("SELECT name FROM item GROUP BY name WHERE id = 1", TOY);
        assertEquals(SpiderSql.parse("SELECT name FROM item GROUP BY name", TOY), misplaced);
    }

    @Test
    void deepNestingIsRefusedAndNotAnOverflow() {
        String nested = "SELECT id FROM ( ".repeat(20_000);
        SpiderScore score = SpiderScore.of("SELECT id FROM item", nested, ToyDatabase.ID, ToyDatabase.SCHEMAS, null);
        assertTrue(score.unparsable().contains("inside one another"), score.unparsable());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT name FROM item WHERE id = 1 | SELECT name FROM item WHERE id = 'other'",
                "SELECT name , id FROM item | SELECT DISTINCT id , name FROM item ;",
                "SELECT name FROM item WHERE id = 1 AND price > 2 | SELECT name FROM item WHERE price > 1 AND id = 9",
                "SELECT T1.id FROM item AS T1 JOIN sale AS T2 ON T1.id = T2.item_id | SELECT T2.item_id FROM sale AS T2 JOIN item AS T1",
                "SELECT name FROM item ORDER BY id LIMIT 1 | SELECT name FROM item ORDER BY id LIMIT 5",
            })
    void whatHasNoOrderMayBeReorderedAndValuesDoNotCount(String gold, String prediction) {
        assertTrue(exact(gold, prediction));
        assertTrue(exact(prediction, gold));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SELECT name FROM item WHERE id = 1 | SELECT name FROM item WHERE id > 1",
                "SELECT name FROM item | SELECT name FROM item AS T1 JOIN sale AS T2",
                "SELECT item_id FROM sale | SELECT id FROM item",
                "SELECT max(id) FROM item | SELECT min(id) FROM item",
                "SELECT name FROM item ORDER BY id | SELECT name FROM item ORDER BY id DESC",
                "SELECT name FROM item ORDER BY id LIMIT 1 | SELECT name FROM item ORDER BY id",
                "SELECT name FROM item WHERE id IN (SELECT item_id FROM sale) | SELECT name FROM item WHERE id NOT IN (SELECT item_id FROM sale)",
                "SELECT id FROM item UNION SELECT item_id FROM sale | SELECT id FROM item EXCEPT SELECT item_id FROM sale",
            })
    void whatChangesTheMeaningCounts(String gold, String prediction) {
        assertFalse(exact(gold, prediction));
        assertFalse(exact(prediction, gold));
    }

    private static boolean exact(String gold, String prediction) {
        return ExactSetMatch.of(SpiderSql.parse(gold, TOY), SpiderSql.parse(prediction, TOY), TOY)
                .exact();
    }

    private static List<String> texts(String sql) {
        return SqlTokenizer.tokens(sql).stream().map(SqlToken::text).toList();
    }
}
