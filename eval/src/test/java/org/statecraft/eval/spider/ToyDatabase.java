package org.statecraft.eval.spider;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** A database of two tables, written for the tests, and its schema. */
final class ToyDatabase {
    static final String ID = "toy";
    static final Map<String, SpiderSchema> SCHEMAS = Map.of(
            ID,
            new SpiderSchema(
                    ID,
                    Map.of("item", List.of("id", "name", "price"), "sale", List.of("item_id", "amount")),
                    Map.of("item.id", "item.id", "sale.item_id", "item.id")));

    private ToyDatabase() {}

    /** Writes {@code file}. */
    static void write(Path file) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
                Statement statement = connection.createStatement()) {
            for (String sql : List.of(
                    "CREATE TABLE item (id INTEGER, name TEXT, price REAL)",
                    "CREATE TABLE sale (item_id INTEGER, amount INTEGER)",
                    "INSERT INTO item VALUES (1, 'pen', 2.0), (2, 'ink', 3.5), (3, NULL, 2)",
                    // a lone continuation byte: no UTF-8
                    "INSERT INTO item VALUES (4, CAST(X'6180' AS TEXT), 9)",
                    "INSERT INTO item VALUES (5, 'a', 9)",
                    "INSERT INTO sale VALUES (1, 10), (1, 10), (2, 7)")) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static SpiderScore score(String gold, String prediction, SqlExecution databases) {
        return SpiderScore.of(gold, prediction, ID, SCHEMAS, databases);
    }
}
