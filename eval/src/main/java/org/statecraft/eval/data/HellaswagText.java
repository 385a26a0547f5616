package org.statecraft.eval.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.Mistakes.Kind;
import org.statecraft.model.records.TextInput;

/**
 * HellaSwag as six lines for each item: activity label, {@code ": "} and context; the index of the right ending; four endings.
 *
 * <p>The context was joined of {@code ctx_a} and {@code ctx_b}, the beginning of the sentence that is to be ended. That begins in
 * lower case, so it is found as what follows the last sentence end.
 */
final class HellaswagText {
    private static final int LINES = 6;
    private static final int ENDINGS = 4;
    private static final Pattern SENTENCE_END = Pattern.compile("[.!?] ");

    private HellaswagText() {}

    static List<DataRecord> read(Path file, Options options, int before, Mistakes mistakes) {
        List<String> lines = TextInput.text(file).lines().toList();
        if (lines.isEmpty() || lines.size() % LINES != 0) {
            throw new InputException(file + " has " + lines.size() + " lines, expected " + LINES
                    + " for each item; the file was changed or is another one");
        }
        List<DataRecord> rows = new ArrayList<>();
        for (int i = 0; i < lines.size(); i += LINES) {
            DataRecord row = new DataRecord(file.toString(), i + 1, Fields.row());
            try {
                fill(row.fields(), lines.subList(i, i + LINES));
                rows.add(row);
            } catch (UnusableRecordException e) {
                mistakes.add(e.kind(), row, e.getMessage());
            }
        }
        return rows;
    }

    private static void fill(ObjectNode row, List<String> lines) {
        int border = lines.get(0).indexOf(": ");
        if (border < 0) {
            throw new UnusableRecordException(Kind.MALFORMED, "has no activity label before a ': '");
        }
        if (!lines.get(1).matches("[0-3]")) {
            String found = "is followed by '" + lines.get(1) + "', expected the index of an ending from 0 to 3";
            throw new UnusableRecordException(Kind.UNKNOWN_LABEL, found);
        }
        String context = lines.get(0).substring(border + 2);
        int begun = lastSentence(context);
        row.put("activity_label", lines.get(0).substring(0, border));
        row.put("ctx_a", begun == 0 ? context : context.substring(0, begun - 1));
        row.put("ctx_b", begun == 0 ? "" : context.substring(begun));
        lines.subList(2, 2 + ENDINGS).forEach(row.putArray("endings")::add);
        row.put("label", lines.get(1));
    }

    /** Where the last sentence begins if it begins in lower case, else 0. */
    private static int lastSentence(String context) {
        int begin = 0;
        Matcher end = SENTENCE_END.matcher(context);
        while (end.find()) {
            begin = end.end();
        }
        return begin < context.length() && Character.isLowerCase(context.codePointAt(begin)) ? begin : 0;
    }
}
