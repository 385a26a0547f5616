package org.statecraft.eval.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.TextInput;

/**
 * The loader {@code text}: the field {@code text} for each line ({@code sample_by: line}, blank lines too), for each piece between
 * empty lines ({@code paragraph}), or for the whole file as it is ({@code document}).
 */
final class TextRows {
    private TextRows() {}

    static List<DataRecord> read(Path file, Options options, int before, Mistakes mistakes) {
        String sample = options.oneOf("sample_by", "line", "paragraph", "document");
        String text = TextInput.text(file);
        if (text.isEmpty()) {
            throw new InputException(file + " is empty; expected a text");
        }
        List<String> samples =
                switch (sample) {
                    case "line" -> text.lines().toList();
                    case "paragraph" -> List.of(text.replace("\r\n", "\n").split("\n\n"));
                    default -> List.of(text);
                };
        List<DataRecord> rows = new ArrayList<>();
        int line = 1;
        for (String piece : samples) {
            if (!piece.isEmpty() || sample.equals("line")) {
                rows.add(new DataRecord(file.toString(), line, Fields.row().put("text", piece)));
            }
            line += (int) piece.chars().filter(c -> c == '\n').count() + (sample.equals("line") ? 1 : 2);
        }
        return rows;
    }
}
