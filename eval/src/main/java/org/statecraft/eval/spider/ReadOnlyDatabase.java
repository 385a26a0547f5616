package org.statecraft.eval.spider;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.ProgressHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteLimits;
import org.statecraft.model.InputException;

/**
 * An open SQLite database on which text from a model can be run.
 *
 * <p>Several locks, each of which would do by itself for most of what can happen: the file is opened read-only, {@code query_only} is
 * on, only one SELECT is taken, nothing can be attached, extensions cannot be loaded, values and patterns have a greatest length,
 * and SQLite asks every few thousand instructions whether the time is up.
 */
final class ReadOnlyDatabase implements AutoCloseable {
    private static final int INSTRUCTIONS_BETWEEN_LOOKS_AT_THE_CLOCK = 4_000;
    private static final int LONGEST_VALUE = 16 << 20;
    private static final int LONGEST_PATTERN = 1_000;
    /** Of all values of a result together, in characters or bytes. */
    private static final long LARGEST_RESULT = 64L << 20;

    private final Connection connection;
    private final SqlExecution.Limits limits;
    private long deadline;
    /** Whether the last query was stopped at its deadline. */
    private boolean stopped;

    private ReadOnlyDatabase(Connection connection, SqlExecution.Limits limits) {
        this.connection = connection;
        this.limits = limits;
    }

    /** What a query cannot give, with the reason for a person. */
    static final class QueryFailure extends Exception {
        private static final long serialVersionUID = 1;

        QueryFailure(String reason) {
            super(reason);
        }

        QueryFailure(String reason, Throwable cause) {
            super(reason, cause);
        }
    }

    /** @throws InputException if the file is no database or cannot be opened */
    static ReadOnlyDatabase open(Path file, SqlExecution.Limits limits) {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        Connection connection = null;
        try {
            connection = config.createConnection(
                    "jdbc:sqlite:" + file.toAbsolutePath().toUri() + "?mode=ro");
            ReadOnlyDatabase database = new ReadOnlyDatabase(connection, limits);
            database.lock();
            return database;
        } catch (SQLException e) {
            close(connection);
            throw new InputException(
                    "Cannot read the database " + file.toAbsolutePath() + ": " + e.getMessage()
                            + ". Fetch the file again.",
                    e);
        }
    }

    private void lock() throws SQLException {
        try (Statement pragmas = connection.createStatement()) {
            pragmas.execute("PRAGMA query_only = 1");
            pragmas.execute("PRAGMA trusted_schema = 0");
            // fails if the file is no database, which SQLite otherwise finds out with the first query
            pragmas.execute("PRAGMA schema_version");
        }
        SQLiteConnection sqlite = connection.unwrap(SQLiteConnection.class);
        sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_ATTACHED, 0);
        sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_LENGTH, LONGEST_VALUE);
        sqlite.setLimit(SQLiteLimits.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LONGEST_PATTERN);
        ProgressHandler.setHandler(connection, INSTRUCTIONS_BETWEEN_LOOKS_AT_THE_CLOCK, new ProgressHandler() {
            @Override
            protected int progress() {
                stopped = System.nanoTime() - deadline > 0;
                return stopped ? 1 : 0;
            }
        });
    }

    /**
     * The values of the first {@code columns} columns, each in row order. Whole numbers are {@code Long}, bytes are buffers, so that
     * equal values of SQLite are equal objects.
     */
    List<List<Object>> columns(String sql, int columns) throws QueryFailure {
        String objection = SingleSelect.objection(sql);
        if (objection != null) {
            throw new QueryFailure(objection);
        }
        stopped = false;
        deadline = System.nanoTime() + limits.time().toNanos();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (statement.getParameterMetaData().getParameterCount() > 0) {
                throw new QueryFailure("it has a parameter without a value");
            }
            try (ResultSet rows = statement.executeQuery()) {
                return read(rows, columns);
            }
        } catch (SQLException e) {
            String reason = stopped ? "it ran longer than " + words(limits.time()) : e.getMessage();
            throw new QueryFailure(reason, e);
        }
    }

    private List<List<Object>> read(ResultSet rows, int columns) throws SQLException, QueryFailure {
        int width = rows.getMetaData().getColumnCount();
        List<List<Object>> values = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            values.add(new ArrayList<>());
        }
        long size = 0;
        for (int row = 0; rows.next(); row++) {
            if (row == limits.rows()) {
                throw new QueryFailure("it gives more than " + limits.rows() + " rows");
            }
            if (width < columns) {
                // without rows nobody misses a column, and the benchmark does not either
                throw new QueryFailure(
                        "it gives " + width + " columns where its text names " + columns + " expressions");
            }
            for (int i = 0; i < columns; i++) {
                Object value = value(rows, i + 1);
                size += size(value);
                values.get(i).add(value);
            }
            if (size > LARGEST_RESULT) {
                throw new QueryFailure("its result is larger than " + (LARGEST_RESULT >> 20) + " MiB");
            }
        }
        return values;
    }

    private static Object value(ResultSet rows, int column) throws SQLException {
        Object value = rows.getObject(column);
        if (value instanceof byte[] bytes) {
            return ByteBuffer.wrap(bytes);
        }
        if (value instanceof String text) {
            // the driver puts this sign where bytes are no text
            return text.indexOf('\uFFFD') < 0 ? text : decoded(rows.getBytes(column));
        }
        if (value instanceof Double number) {
            boolean whole = number == Math.rint(number) && Math.abs(number) < 0x1p63;
            return whole ? (Object) number.longValue() : number;
        }
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    private static String decoded(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.IGNORE)
                    .onUnmappableCharacter(CodingErrorAction.IGNORE)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalStateException("a decoder that ignores errors reported one", e);
        }
    }

    private static long size(Object value) {
        if (value instanceof String text) {
            return text.length();
        }
        return value instanceof ByteBuffer bytes ? bytes.capacity() : Long.BYTES;
    }

    private static String words(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    @Override
    public void close() {
        close(connection);
    }

    /** A connection that only read has nothing to lose when it fails to close. */
    private static void close(Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                System.getLogger(ReadOnlyDatabase.class.getName())
                        .log(System.Logger.Level.DEBUG, "a database did not close", e);
            }
        }
    }
}
