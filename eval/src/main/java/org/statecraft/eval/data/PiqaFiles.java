package org.statecraft.eval.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.RecordFormat;
import org.statecraft.model.records.RecordSource;

/** PIQA: {@code valid.jsonl} with {@code goal}, {@code sol1} and {@code sol2}; line for line its labels in {@code valid-labels.lst}. */
final class PiqaFiles {
    private PiqaFiles() {}

    static List<Path> files(Path questions) {
        return List.of(questions, labels(questions));
    }

    private static Path labels(Path questions) {
        String name = questions.getFileName().toString().replaceFirst("\\.jsonl(\\.gz)?$", "");
        return questions.resolveSibling(name + "-labels.lst");
    }

    static List<DataRecord> read(Path file, Options options, int before, Mistakes mistakes) {
        List<DataRecord> questions =
                RecordSource.of(file, RecordFormat.JSON_LINES).read(mistakes);
        List<DataRecord> labels =
                RecordSource.of(labels(file), RecordFormat.TEXT_LINES).read(mistakes);
        if (mistakes.isEmpty() && questions.size() != labels.size()) {
            throw new InputException(file + " has " + questions.size() + " questions, " + labels(file) + " "
                    + labels.size() + " labels; expected one label for each, so one of the files was changed");
        }
        List<DataRecord> rows = new ArrayList<>();
        for (int i = 0; i < Math.min(questions.size(), labels.size()); i++) {
            DataRecord question = questions.get(i);
            DataRecord label = labels.get(i);
            DataRecord at = question;
            try {
                Fields fields = new Fields(question);
                var row = Fields.row();
                for (String name : List.of("goal", "sol1", "sol2")) {
                    row.put(name, fields.text(name));
                }
                at = label;
                row.put("label", new Fields(label).label("text", 2));
                rows.add(new DataRecord(question.file(), question.line(), row));
            } catch (UnusableRecordException e) {
                mistakes.add(e.kind(), at, e.getMessage());
            }
        }
        return rows;
    }
}
