package org.statecraft.workbench.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/** Tables for programs: unrounded values under keys that do not depend on the section; what is missing is empty or null. */
final class DataTable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DataTable() {}

    static String csv(Table table) {
        StringBuilder out = new StringBuilder();
        CSVFormat format = CSVFormat.RFC4180.builder().setRecordSeparator('\n').get();
        try (CSVPrinter csv = new CSVPrinter(out, format)) {
            List<Object> header = new ArrayList<>(List.of("section"));
            header.addAll(keys(table));
            csv.printRecord(header);
            for (Table.Section section : table.sections()) {
                for (List<Cell> row : section.rows()) {
                    List<Object> line = new ArrayList<>(List.of(section.name()));
                    line.addAll(values(table, row));
                    csv.printRecord(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    static String json(Table table) {
        List<String> keys = keys(table);
        Map<String, List<Map<String, Object>>> sections = new LinkedHashMap<>();
        for (Table.Section section : table.sections()) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (List<Cell> row : section.rows()) {
                List<Object> values = values(table, row);
                Map<String, Object> line = new LinkedHashMap<>();
                for (int i = 0; i < keys.size(); i++) {
                    line.put(keys.get(i), values.get(i));
                }
                rows.add(line);
            }
            sections.put(section.name(), rows);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("heading", table.heading());
        all.put("sections", sections);
        all.put("notes", table.notes());
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> keys(Table table) {
        return table.columns().stream()
                .flatMap(column -> column.kind().parts().stream().map(part -> column.key() + part))
                .toList();
    }

    private static List<Object> values(Table table, List<Cell> row) {
        List<Object> values = new ArrayList<>();
        for (int c = 0; c < row.size(); c++) {
            List<Object> given = row.get(c).values();
            int parts = table.columns().get(c).kind().parts().size();
            for (int part = 0; part < parts; part++) {
                values.add(part < given.size() ? given.get(part) : null);
            }
        }
        return values;
    }
}
