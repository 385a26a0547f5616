package org.statecraft.eval.spider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/**
 * Tables and columns of one database, all in lower case, and which columns its foreign keys make the same.
 *
 * @param tables columns of each table, in the order of the file
 * @param representatives {@code table.column} to the {@code table.column} that stands for its foreign-key class
 */
public record SpiderSchema(String dbId, Map<String, List<String>> tables, Map<String, String> representatives) {
    private static final JsonMapper JSON = new JsonMapper();

    public SpiderSchema {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        representatives = Map.copyOf(representatives);
    }

    /**
     * The schemas of a {@code tables.json}, compressed if its name ends in {@code .gz}, by database.
     *
     * @throws InputException if it cannot be read or lacks something; names the entry
     */
    public static Map<String, SpiderSchema> read(Path file) {
        JsonNode entries = parse(file);
        if (!entries.isArray()) {
            throw new InputException(file + ": expected a list of schemas, found "
                    + entries.getNodeType().name().toLowerCase(Locale.ROOT) + "; give the benchmark's tables.json");
        }
        Map<String, SpiderSchema> schemas = new LinkedHashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            SpiderSchema schema = new Entry(file + ": entry " + (i + 1), entries.get(i)).schema();
            schemas.put(schema.dbId(), schema);
        }
        return Collections.unmodifiableMap(schemas);
    }

    private static JsonNode parse(Path file) {
        try (InputStream stored = Files.newInputStream(file);
                InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(stored) : stored) {
            return JSON.readTree(plain);
        } catch (JsonProcessingException e) {
            throw new InputException(
                    file + ":" + e.getLocation().getLineNr() + ":"
                            + e.getLocation().getColumnNr() + ": " + e.getOriginalMessage()
                            + "; the file was changed or damaged",
                    e);
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    boolean hasTable(String table) {
        return tables.containsKey(table);
    }

    boolean hasColumn(String table, String column) {
        return tables.getOrDefault(table, List.of()).contains(column);
    }

    /** One entry of the file on its way to a schema. */
    private record Entry(String place, JsonNode json) {
        SpiderSchema schema() {
            String dbId = json.path("db_id").asText();
            if (dbId.isEmpty()) {
                throw new InputException(place + ": no 'db_id'; give the benchmark's tables.json");
            }
            List<String> names = new ArrayList<>();
            list("table_names_original").forEach(name -> names.add(lower(name)));
            Map<String, List<String>> tables = new LinkedHashMap<>();
            names.forEach(name -> tables.put(name, new ArrayList<>()));
            List<String> columns = new ArrayList<>();
            for (JsonNode column : list("column_names_original")) {
                int table = column.path(0).asInt(Integer.MAX_VALUE);
                if (table >= names.size()) {
                    throw new InputException(place + " (" + dbId + "): column " + column
                            + " belongs to no table; there are " + names.size());
                }
                // a negative table is that of the star, which belongs to all
                String name = lower(column.path(1));
                columns.add(table < 0 ? SpiderSql.EVERYTHING : names.get(table) + "." + name);
                if (table >= 0) {
                    tables.get(names.get(table)).add(name);
                }
            }
            return new SpiderSchema(dbId, tables, representatives(columns));
        }

        /**
         * A key joins the first class that holds either of its columns, and classes that a later key connects stay apart: so does
         * the benchmark, and a column of two classes is that of the later one.
         */
        private Map<String, String> representatives(List<String> columns) {
            List<Set<Integer>> classes = new ArrayList<>();
            for (JsonNode key : list("foreign_keys")) {
                int from = key.path(0).asInt(-1);
                int to = key.path(1).asInt(-1);
                if (Math.min(from, to) < 0 || Math.max(from, to) >= columns.size()) {
                    throw new InputException(
                            place + ": foreign key " + key + " names no columns; there are " + columns.size());
                }
                Set<Integer> members = classes.stream()
                        .filter(known -> known.contains(from) || known.contains(to))
                        .findFirst()
                        .orElse(null);
                if (members == null) {
                    members = new TreeSet<>();
                    classes.add(members);
                }
                members.add(from);
                members.add(to);
            }
            Map<String, String> representatives = new HashMap<>();
            for (Set<Integer> members : classes) {
                String first = columns.get(members.iterator().next());
                members.forEach(member -> representatives.put(columns.get(member), first));
            }
            return representatives;
        }

        private JsonNode list(String key) {
            JsonNode value = json.path(key);
            if (!value.isArray()) {
                throw new InputException(place + ": no list '" + key + "'; give the benchmark's tables.json");
            }
            return value;
        }

        private static String lower(JsonNode name) {
            return name.asText().toLowerCase(Locale.ROOT);
        }
    }
}
