package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;

/** The formats that optional modules read. Their files have no lines: the place of a row is its number. */
final class RowReaders {
    private RowReaders() {}

    static List<DataRecord> read(String format, Path file) {
        return read(format, file, ServiceLoader.load(RowReader.class));
    }

    static List<DataRecord> read(String format, Path file, Iterable<RowReader> readers) {
        for (RowReader reader : readers) {
            if (reader.format().equals(format)) {
                return numbered(file, reader.read(file));
            }
        }
        throw new InputException(file + ": nothing on the class path reads " + format + "; put the module statecraft-"
                + format + " and its libraries there, or convert the file to JSON Lines");
    }

    private static List<DataRecord> numbered(Path file, List<ObjectNode> rows) {
        List<DataRecord> records = new ArrayList<>();
        for (ObjectNode row : rows) {
            records.add(new DataRecord(file.toString(), records.size() + 1, row));
        }
        return records;
    }
}
