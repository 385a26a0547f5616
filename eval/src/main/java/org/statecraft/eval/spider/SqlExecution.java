package org.statecraft.eval.spider;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.statecraft.eval.spider.Execution.Outcome;
import org.statecraft.eval.spider.ReadOnlyDatabase.QueryFailure;
import org.statecraft.eval.spider.SpiderSql.Expression;
import org.statecraft.eval.spider.SpiderSql.SelectItem;
import org.statecraft.model.InputException;

/**
 * Execution accuracy: whether gold query and prediction give the same values on their database.
 *
 * <p>Each expression of the result is mapped to its values in row order, and the two maps are compared. So the order of rows counts
 * also where no ORDER BY asks for one, the order of columns does not, the function around a column is no part of the key, of two
 * columns with one key the last counts, and of {@code *} only the first column. All of that is the benchmark's.
 *
 * @param root folder with {@code <db>/<db>.sqlite} or {@code <db>.sqlite}
 */
public record SqlExecution(Path root, Limits limits) {
    private static final Pattern DATABASE = Pattern.compile("[\\p{L}\\p{N}_][\\p{L}\\p{N}_.-]*");

    /**
     * Where a query is stopped.
     *
     * @param time of one query
     * @param rows of one result
     */
    public record Limits(Duration time, int rows) {
        public static final Limits DEFAULT = new Limits(Duration.ofSeconds(30), 500_000);

        public Limits {
            if (time.isNegative() || time.isZero() || rows < 1) {
                throw new InputException(
                        "Limits of a query must be positive, found " + time + " and " + rows + " rows");
            }
        }
    }

    /** A query as it is run, and its parts as they are compared. */
    record Query(String text, SpiderSql normalized) {
        List<Expression> expressions() {
            return normalized.select().items().stream()
                    .map(SelectItem::expression)
                    .toList();
        }
    }

    public static SqlExecution over(Path root) {
        return new SqlExecution(root, Limits.DEFAULT);
    }

    /** @throws InputException if there is no such database */
    Execution compare(String dbId, Query gold, Query prediction) {
        try (ReadOnlyDatabase database = ReadOnlyDatabase.open(file(dbId), limits)) {
            Map<Expression, List<Object>> wanted;
            try {
                wanted = values(database, gold);
            } catch (QueryFailure e) {
                return new Execution(Outcome.GOLD_FAILED, "the gold query is not executable: " + e.getMessage());
            }
            if (prediction.expressions().isEmpty()) {
                // nothing could be compared, whatever it gives
                return failed("the evaluator cannot parse it");
            }
            try {
                Outcome outcome = wanted.equals(values(database, prediction)) ? Outcome.MATCH : Outcome.DIFFERENT;
                return new Execution(outcome, null);
            } catch (QueryFailure e) {
                return failed(e.getMessage());
            }
        }
    }

    private static Execution failed(String reason) {
        return new Execution(Outcome.PREDICTION_FAILED, "the prediction failed: " + reason);
    }

    private static Map<Expression, List<Object>> values(ReadOnlyDatabase database, Query query) throws QueryFailure {
        List<Expression> expressions = query.expressions();
        List<List<Object>> columns = database.columns(query.text(), expressions.size());
        Map<Expression, List<Object>> values = new HashMap<>();
        for (int i = 0; i < columns.size(); i++) {
            values.put(expressions.get(i), columns.get(i));
        }
        return values;
    }

    private Path file(String dbId) {
        // the name comes from a data file and must not lead out of the folder
        if (!DATABASE.matcher(dbId).matches()) {
            throw new InputException(
                    "'" + dbId + "' cannot be the name of a database; expected letters, digits, _ - and .");
        }
        Path folder = root.resolve(dbId).resolve(dbId + ".sqlite");
        Path flat = root.resolve(dbId + ".sqlite");
        if (Files.isRegularFile(folder)) {
            return folder;
        }
        if (Files.isRegularFile(flat)) {
            return flat;
        }
        throw new InputException("No database '" + dbId + "': looked for " + folder.toAbsolutePath() + " and "
                + flat.toAbsolutePath() + ". Name the folder with the benchmark's databases.");
    }
}
