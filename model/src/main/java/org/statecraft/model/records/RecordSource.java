package org.statecraft.model.records;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.statecraft.model.InputException;

/**
 * A data file and how to read it. Files must be UTF-8, may begin with a byte order mark and may be packed ({@code .gz}). Blank
 * lines are passed over.
 *
 * @param columns names of the columns of a delimited file without a header line; empty where its first line names them, and for
 *     all other formats
 * @param references of formats with several for one entry
 */
public record RecordSource(Path file, RecordFormat format, List<String> columns, References references) {

    public RecordSource {
        columns = List.copyOf(columns);
        if (!columns.isEmpty() && !format.delimited()) {
            throw new InputException(file + ": columns were named for the format " + format.key()
                    + ", whose fields have names of their own; leave them out");
        }
    }

    /** A file whose format needs nothing more, as it is read for training. */
    public static RecordSource of(Path file, RecordFormat format) {
        return new RecordSource(file, format, List.of(), References.APART);
    }

    /** A JSON file, one array or one object on each line, whichever its first character says. */
    public static RecordSource json(Path file) {
        return of(file, JsonRecords.beginsArray(file) ? RecordFormat.JSON_ARRAY : RecordFormat.JSON_LINES);
    }

    /** Every file that is read. */
    public List<Path> files() {
        return format == RecordFormat.SPIDER ? List.of(file, SpiderFiles.tables(file)) : List.of(file);
    }

    /**
     * Reads all records.
     *
     * @param mistakes hears of records that cannot be read
     * @throws InputException when the file cannot be read, is damaged as a whole or holds nothing
     */
    public List<DataRecord> read(Mistakes mistakes) {
        List<DataRecord> records = new ArrayList<>();
        int before = mistakes.total();
        read(records::add, mistakes);
        if (records.isEmpty() && mistakes.total() == before) {
            throw new InputException(file + " holds no records");
        }
        return records;
    }

    private void read(Consumer<DataRecord> records, Mistakes mistakes) {
        switch (format) {
            case JSON_LINES -> JsonRecords.lines(file, records, mistakes);
            case JSON_ARRAY -> JsonRecords.array(file, records, mistakes);
            case CSV, TSV, TSV_UNQUOTED -> DelimitedRecords.read(this, records, mistakes);
            case TEXT_LINES ->
                TextInput.lines(
                        file,
                        (line, text) -> records.accept(
                                new DataRecord(file.toString(), line, JsonRecords.object("text", text))));
            case DART -> DartFiles.read(this, records, mistakes);
            case SPIDER -> SpiderFiles.read(file, records, mistakes);
        }
    }
}
