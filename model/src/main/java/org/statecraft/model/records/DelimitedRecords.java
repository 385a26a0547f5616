package org.statecraft.model.records;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.statecraft.model.InputException;
import org.statecraft.model.records.Mistakes.Kind;

/** Reads fields between commas or tabs. A quote that is never closed makes the rest unreadable, so it fails at once. */
final class DelimitedRecords {
    private final RecordSource source;
    private final Consumer<DataRecord> records;
    private final Mistakes mistakes;

    private DelimitedRecords(RecordSource source, Consumer<DataRecord> records, Mistakes mistakes) {
        this.source = source;
        this.records = records;
        this.mistakes = mistakes;
    }

    static void read(RecordSource source, Consumer<DataRecord> records, Mistakes mistakes) {
        TextInput.read(source.file(), new DelimitedRecords(source, records, mistakes)::parse);
    }

    private static CSVFormat dialect(RecordFormat format) {
        CSVFormat.Builder builder = CSVFormat.RFC4180.builder().setIgnoreEmptyLines(false);
        if (format != RecordFormat.CSV) {
            builder.setDelimiter('\t');
        }
        if (format == RecordFormat.TSV_UNQUOTED) {
            builder.setQuote(null);
        }
        return builder.get();
    }

    private void parse(Reader reader) throws IOException {
        try (CSVParser parser = CSVParser.builder()
                .setReader(reader)
                .setFormat(dialect(source.format()))
                .get()) {
            Iterator<CSVRecord> rows = parser.iterator();
            List<String> names = source.columns();
            while (true) {
                int line = (int) parser.getCurrentLineNumber() + 1;
                if (!rows.hasNext()) {
                    return;
                }
                CSVRecord row = rows.next();
                if (row.size() == 1 && row.get(0).isBlank()) {
                    continue;
                }
                if (names.isEmpty()) {
                    names = header(row, line);
                } else {
                    accept(row, line, names);
                }
            }
        } catch (UncheckedIOException e) {
            if (e.getCause() instanceof CharacterCodingException coding) {
                throw coding;
            }
            throw new InputException(
                    source.file() + ": " + e.getCause().getMessage()
                            + "; correct the quotes, or use the format tsv-unquoted if they mean nothing",
                    e);
        }
    }

    private List<String> header(CSVRecord row, int line) {
        List<String> names = row.toList();
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (name.isBlank() || !seen.add(name)) {
                throw new InputException(source.file() + ":" + line + ": the header line "
                        + (name.isBlank() ? "has a column without a name" : "names the column '" + name + "' twice")
                        + "; correct it, or name the columns of a file without a header line with the key columns");
            }
        }
        return names;
    }

    private void accept(CSVRecord row, int line, List<String> names) {
        String file = source.file().toString();
        if (row.size() != names.size()) {
            mistakes.add(
                    Kind.WRONG_COLUMNS,
                    file,
                    line,
                    "has " + row.size() + ", expected " + names.size() + " (" + String.join(", ", names) + ")");
            return;
        }
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < names.size(); i++) {
            fields.put(names.get(i), row.get(i));
        }
        records.accept(new DataRecord(file, line, fields));
    }
}
