package org.statecraft.eval.tasks;

import java.util.List;
import org.statecraft.model.InputException;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;

/**
 * The labels of a task.
 *
 * @param inFile as the data file has them; empty for tasks without labels
 * @param texts as the model has to give them, each in the place of the one that it stands for
 */
record LabelNames(List<String> inFile, List<String> texts) {
    static final LabelNames NONE = new LabelNames(List.of(), List.of());

    LabelNames {
        inFile = List.copyOf(inFile);
        texts = List.copyOf(texts);
        if (inFile.size() != texts.size()) {
            throw new InputException(
                    "labels " + inFile + " with label-texts " + texts + "; expected one text for each");
        }
    }

    /** What is right for a record whose answer stands in its file so; empty, with the reason among the mistakes, if it is no label. */
    List<String> texts(List<String> answers, DataRecord record, Mistakes mistakes) {
        if (inFile.isEmpty() || answers.isEmpty()) {
            return answers;
        }
        int place = inFile.indexOf(answers.get(0));
        if (place < 0 || answers.size() > 1) {
            String found = "has the label '" + String.join("', '", answers) + "', expected one of " + inFile;
            mistakes.add(Mistakes.Kind.UNKNOWN_LABEL, record, found);
            return List.of();
        }
        return List.of(texts.get(place));
    }
}
