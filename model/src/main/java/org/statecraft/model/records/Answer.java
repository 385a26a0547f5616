package org.statecraft.model.records;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.statecraft.model.NearestNames;
import org.statecraft.model.records.Mistakes.Kind;

/**
 * What a model is to answer.
 *
 * @param text of the answer, or of the label where there are {@code texts}
 * @param texts the answer for each label that may occur; empty where the text itself is the answer
 */
public record Answer(Template text, Map<String, String> texts) {

    public Answer {
        texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
    }

    /** The answer for a record that has all fields; null, and a mistake, for a blank one and for a label that is not known. */
    public String of(DataRecord record, Mistakes mistakes) {
        String written = text.render(record);
        String answer = texts.isEmpty() || written.isBlank() ? written : texts.get(written);
        if (answer == null) {
            List<String> nearest = NearestNames.to(written, texts.keySet());
            String hint = nearest.isEmpty() ? "" : " (did you mean '" + nearest.get(0) + "'?)";
            String found = "has '" + shortened(written) + "', expected " + String.join(", ", texts.keySet()) + hint;
            mistakes.add(Kind.UNKNOWN_LABEL, record, found);
        } else if (answer.isBlank()) {
            mistakes.add(Kind.EMPTY_ANSWER, record, "has nothing in '" + text + "'");
            return null;
        }
        return answer;
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 37) + "...";
    }
}
