package org.statecraft.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.eval.data.Dataset;
import org.statecraft.model.InputException;
import org.statecraft.model.testing.Fixtures;

/** Files that another library wrote give the rows that it wrote; see fixtures/parquet. */
class ParquetRowsTest {
    @TempDir
    Path temporary;

    private static List<ObjectNode> rows(String loader, Path file) {
        return Dataset.rows(loader, Map.of(), List.of(file));
    }

    private static Path fixture(String name) {
        return Fixtures.dir("parquet").resolve(name);
    }

    private static String refused(Path file) {
        return assertThrows(InputException.class, () -> rows("parquet", file)).getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"snappy", "zstd", "gzip", "none", "old"})
    void nestedRowsComeOutAsTheyWereWritten(String packing) {
        assertEquals(
                rows("json", fixture("nested.jsonl")).toString(),
                rows("parquet", fixture("nested-" + packing + ".parquet")).toString());
    }

    @Test
    void listsOfOldWritersHaveTheirElementsThemselvesRepeated() {
        Group row = new SimpleGroup(
                MessageTypeParser.parseMessageType(
                        """
                message row {
                  optional group plain (LIST) { repeated binary element (STRING); }
                  optional group pairs (LIST) { repeated group element { required int32 a; required int32 b; } }
                  optional group single (LIST) { repeated group array { required int32 a; } }
                  optional group tuple (LIST) { repeated group tuple_tuple { required int32 a; } }
                  repeated double bare;
                }
                """));
        row.addGroup("plain").append("element", "x").append("element", "y");
        row.addGroup("pairs").addGroup("element").append("a", 1).append("b", 2);
        row.addGroup("single").addGroup("array").append("a", 3);
        row.addGroup("tuple").addGroup("tuple_tuple").append("a", 4);
        row.append("bare", 0.5).append("bare", 1.5);

        assertEquals(
                "{'plain':['x','y'],'pairs':[{'a':1,'b':2}],'single':[{'a':3}],'tuple':[{'a':4}],'bare':[0.5,1.5]}",
                new GroupJson(temporary).object(row).toString().replace('"', '\''));
    }

    @Test
    void aColumnThatNoTaskCouldReadIsNamed() {
        assertTrue(refused(fixture("timestamp.parquet")).contains("the column 'when' has the type INT64 TIMESTAMP"));
    }

    @Test
    void damagedFilesAreRefusedWithTheirName() throws IOException {
        byte[] whole = Files.readAllBytes(fixture("nested-snappy.parquet"));
        Path text = Files.writeString(temporary.resolve("text.parquet"), "no Parquet at all, but long enough\n");
        Path cut = Files.write(temporary.resolve("cut.parquet"), Arrays.copyOf(whole, whole.length / 2));
        Path empty = Files.write(temporary.resolve("empty.parquet"), new byte[0]);
        byte[] changed = whole.clone();
        Arrays.fill(changed, 4, 400, (byte) 0xFF);
        Path overwritten = Files.write(temporary.resolve("overwritten.parquet"), changed);

        for (Path file : List.of(text, cut, empty, overwritten)) {
            assertTrue(refused(file).startsWith(file + ": not a Parquet file that can be read"), () -> refused(file));
        }
        assertTrue(refused(temporary.resolve("none.parquet")).contains("no such file"));
    }
}
