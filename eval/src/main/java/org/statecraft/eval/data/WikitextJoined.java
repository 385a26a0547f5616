package org.statecraft.eval.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.eval.python.PythonWhitespace;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.TextInput;

/**
 * A raw WikiText file as the one text that papers on pruning score, under {@code text}: the rows of the data set on the hub, a blank line
 * between two of them.
 *
 * <p>There a row is a line with its blanks and its end, and a line of blanks alone is an empty row. So a line of text is followed by
 * three line ends and an empty one by two. Source: methods/evaluation.md, 1.3.
 */
final class WikitextJoined {
    private static final String BETWEEN_ROWS = "\n\n";

    private WikitextJoined() {}

    static List<DataRecord> read(Path file, Options options, int before, Mistakes mistakes) {
        String text = TextInput.text(file);
        List<String> rows = new ArrayList<>();
        for (int start = 0, end; start < text.length(); start = end) {
            int newline = text.indexOf('\n', start);
            end = newline < 0 ? text.length() : newline + 1;
            String line = text.substring(start, end);
            rows.add(PythonWhitespace.stripped(line).isEmpty() ? "" : line);
        }
        if (text.isBlank()) {
            throw new InputException(file + " holds no text; expected a raw WikiText file");
        }
        return List.of(new DataRecord(file.toString(), 1, Fields.row().put("text", String.join(BETWEEN_ROWS, rows))));
    }
}
