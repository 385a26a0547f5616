package org.statecraft.model.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.statecraft.model.InputException;
import org.statecraft.model.records.Mistakes.Kind;

/**
 * Reads Spider. The schema of a database is written as the reference does (methods/state-offset-tuning.md, 3.1), in lower case:
 * for each table {@code name: column type ,  column type ,  foreign: column from table , ... ,  primary: column , ...}, tables
 * joined by {@code  | }. A foreign key is given by the column and table that it points to; lists may be empty.
 */
final class SpiderFiles {
    private static final String TABLES = "tables.json";

    private SpiderFiles() {}

    /** The schemas that belong to a file of questions. */
    static Path tables(Path questions) {
        Path plain = questions.resolveSibling(TABLES);
        Path packed = questions.resolveSibling(TABLES + ".gz");
        return !Files.exists(plain) && Files.exists(packed) ? packed : plain;
    }

    static void read(Path file, Consumer<DataRecord> records, Mistakes mistakes) {
        Map<String, String> schemas = schemas(tables(file));
        JsonRecords.array(
                file,
                question -> {
                    ObjectNode fields = question.fields();
                    String database = fields.path("db_id").asText();
                    String schema = schemas.get(database);
                    if (!fields.path("question").isTextual()
                            || !fields.path("query").isTextual()) {
                        mistakes.add(Kind.MISSING_FIELD, question, "has no text under 'question' or 'query'");
                    } else if (schema == null) {
                        String found =
                                "names the database '" + database + "', which " + tables(file) + " does not have";
                        mistakes.add(Kind.MALFORMED, question, found);
                    } else {
                        records.accept(new DataRecord(question.file(), question.line(), flat(fields, schema)));
                    }
                },
                mistakes);
    }

    private static ObjectNode flat(ObjectNode fields, String schema) {
        String gold = fields.path("query").textValue();
        return JsonNodeFactory.instance
                .objectNode()
                .put("question", fields.path("question").textValue())
                .put("schema", schema)
                .put("query", gold.toLowerCase(Locale.ROOT).strip())
                .put("gold", gold)
                .put("db_id", fields.path("db_id").asText());
    }

    private static Map<String, String> schemas(Path tables) {
        Map<String, String> schemas = new HashMap<>();
        Mistakes mistakes = new Mistakes();
        JsonRecords.array(
                tables, database -> schemas.put(database.fields().path("db_id").asText(), schema(database)), mistakes);
        mistakes.throwIfAny();
        return schemas;
    }

    private static String schema(DataRecord database) {
        List<String> names = new ArrayList<>();
        database.fields().path("table_names_original").forEach(name -> names.add(name.asText()));
        List<String> tables = new ArrayList<>();
        for (int table = 0; table < names.size(); table++) {
            tables.add(new Schema(database, names).table(table));
        }
        return String.join(" | ", tables);
    }

    /** The schema of one database. */
    private record Schema(DataRecord database, List<String> names) {

        String table(int table) {
            JsonNode types = database.fields().path("column_types");
            JsonNode columns = columns();
            List<String> parts = new ArrayList<>();
            for (int c = 0; c < columns.size(); c++) {
                if (tableOf(c) == table) {
                    parts.add(name(c) + " " + types.path(c).asText());
                }
            }
            List<String> foreign = new ArrayList<>();
            for (JsonNode key : database.fields().path("foreign_keys")) {
                int target = key.path(1).asInt();
                if (tableOf(key.path(0).asInt()) == table) {
                    foreign.add(name(target) + " from " + names.get(Math.max(0, tableOf(target))));
                }
            }
            List<String> primary = new ArrayList<>();
            for (JsonNode key : database.fields().path("primary_keys")) {
                if (tableOf(key.asInt()) == table) {
                    primary.add(name(key.asInt()));
                }
            }
            parts.add("foreign: " + String.join(" , ", foreign));
            parts.add("primary: " + String.join(" , ", primary));
            return (names.get(table) + ": " + String.join(" ,  ", parts)).toLowerCase(Locale.ROOT);
        }

        private JsonNode columns() {
            return database.fields().path("column_names_original");
        }

        private int tableOf(int column) {
            JsonNode at = columns().path(column);
            int table = at.path(0).asInt(names.size());
            if (at.size() != 2 || table >= names.size()) {
                throw new InputException(database.place() + ": the database "
                        + database.fields().path("db_id").asText() + " speaks of a column " + column
                        + " or of its table, which are not there; expected tables.json of Spider");
            }
            return table;
        }

        private String name(int column) {
            return columns().path(column).path(1).asText();
        }
    }
}
