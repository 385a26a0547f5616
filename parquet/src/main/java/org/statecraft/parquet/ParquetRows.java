package org.statecraft.parquet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.statecraft.eval.data.RowReader;
import org.statecraft.model.InputException;
import org.statecraft.model.files.IoFailures;

/** Reads Parquet files row by row: flat and nested columns, packed or not. */
public final class ParquetRows implements RowReader {
    @Override
    public String format() {
        return "parquet";
    }

    @Override
    public List<ObjectNode> read(Path file) {
        ParquetReadOptions options = new ParquetReadOptions.Builder(new PlainParquetConfiguration())
                .withCodecFactory(new Unpacking())
                .build();
        requireReadable(file);
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file), options)) {
            return read(file, reader);
        } catch (InputException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // the library has no type of its own for files that are damaged or of another format
            throw new InputException(
                    file + ": not a Parquet file that can be read: " + e.getMessage() + "; load it again or convert it",
                    e);
        }
    }

    /** The library's own exceptions do not tell a file that is not there from one that is damaged. */
    private static void requireReadable(Path file) {
        try {
            Files.newInputStream(file).close();
        } catch (IOException e) {
            throw IoFailures.reading(file, e);
        }
    }

    private static List<ObjectNode> read(Path file, ParquetFileReader reader) throws IOException {
        MessageType schema = reader.getFileMetaData().getSchema();
        GroupJson json = new GroupJson(file);
        json.check(schema);
        MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
        List<ObjectNode> rows = new ArrayList<>();
        for (PageReadStore pages = reader.readNextRowGroup(); pages != null; pages = reader.readNextRowGroup()) {
            RecordReader<Group> records = columns.getRecordReader(pages, new GroupRecordConverter(schema));
            for (long i = 0; i < pages.getRowCount(); i++) {
                rows.add(json.object(records.read()));
            }
        }
        return rows;
    }
}
