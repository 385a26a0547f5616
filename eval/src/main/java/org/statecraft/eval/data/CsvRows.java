package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.model.records.RecordSource;
import org.statecraft.model.records.References;

/**
 * The loader {@code csv}. A column that holds nothing but whole numbers, numbers or truth values becomes that, as the library
 * does it: templates and choices need a label that is a number. Unlike there, texts such as {@code NA} and {@code null} and empty
 * ones stay texts.
 */
final class CsvRows {
    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");
    private static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?");
    private static final Pattern TRUTH = Pattern.compile("True|False|true|false|TRUE|FALSE");
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private CsvRows() {}

    static List<DataRecord> read(Path file, Options options, int before, Mistakes mistakes) {
        if (options.has("sep") && options.has("delimiter")) {
            throw new InputException("dataset_kwargs: sep and delimiter are two names of one option; leave one out");
        }
        String delimiter = options.oneOf(options.has("sep") ? "sep" : "delimiter", ",", "\t");
        RecordFormat format = format(delimiter, options.quotingOff());
        List<DataRecord> rows =
                new RecordSource(file, format, options.texts("column_names"), References.APART).read(mistakes);
        if (mistakes.isEmpty()) {
            List<String> columns = new ArrayList<>();
            rows.get(0).fields().fieldNames().forEachRemaining(columns::add);
            columns.forEach(column -> convert(column, rows));
        }
        return rows;
    }

    private static RecordFormat format(String delimiter, boolean quotingOff) {
        if (delimiter.equals("\t")) {
            return quotingOff ? RecordFormat.TSV_UNQUOTED : RecordFormat.TSV;
        }
        if (quotingOff) {
            throw new InputException(
                    "dataset_kwargs.quoting: only fields between tabs are read without quoting; set sep: \"\\t\","
                            + " or leave quoting out");
        }
        return RecordFormat.CSV;
    }

    private static void convert(String column, List<DataRecord> rows) {
        if (all(column, rows, WHOLE)) {
            replace(column, rows, text -> NODES.numberNode(Long.parseLong(text)));
        } else if (all(column, rows, NUMBER)) {
            replace(column, rows, text -> NODES.numberNode(Double.parseDouble(text)));
        } else if (all(column, rows, TRUTH)) {
            replace(column, rows, text -> NODES.booleanNode(Boolean.parseBoolean(text)));
        }
    }

    private static boolean all(String column, List<DataRecord> rows, Pattern pattern) {
        return rows.stream()
                .allMatch(row ->
                        pattern.matcher(row.fields().get(column).textValue()).matches());
    }

    private static void replace(String column, List<DataRecord> rows, Function<String, JsonNode> value) {
        rows.forEach(row ->
                row.fields().set(column, value.apply(row.fields().get(column).textValue())));
    }
}
