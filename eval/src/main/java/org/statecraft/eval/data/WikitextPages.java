package org.statecraft.eval.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.TextInput;

/**
 * The articles of a raw WikiText file, each as {@code page}. A heading of the first level begins one: {@code = Title =}, after
 * headings of further levels were written without the blanks between their signs. Pages that are blank are none.
 *
 * <p>Source: methods/evaluation.md, 4.1.
 */
final class WikitextPages {
    private WikitextPages() {}

    static List<DataRecord> read(Path file, Options options, int before, Mistakes mistakes) {
        String[] lines = TextInput.text(file).split("\n", -1);
        List<DataRecord> pages = new ArrayList<>();
        int begin = 0;
        for (int i = 0; i <= lines.length; i++) {
            if (i == lines.length || opensPage(lines[i])) {
                String page = String.join("\n", List.of(lines).subList(begin, i));
                if (!page.isBlank()) {
                    pages.add(new DataRecord(
                            file.toString(), begin + 1, Fields.row().put("page", page)));
                }
                begin = i;
            }
        }
        if (pages.isEmpty()) {
            throw new InputException(file + " holds no pages; expected a raw WikiText file");
        }
        return pages;
    }

    private static boolean opensPage(String line) {
        String heading = line.replace("= = =", "===").replace("= =", "==").strip();
        return heading.startsWith("= ") && heading.endsWith(" =");
    }
}
