package org.statecraft.peft.train;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import org.statecraft.model.Tokenizer;
import org.statecraft.model.records.Answer;
import org.statecraft.model.records.DataRecord;
import org.statecraft.model.records.Mistakes;
import org.statecraft.model.records.Mistakes.Kind;
import org.statecraft.model.records.Prompt;

/**
 * How a record becomes an example: prefix, prompt and answer are encoded each on its own and joined, and only the tokens of the
 * answer, with what ends it, are trained (methods/state-offset-tuning.md, 3.1).
 *
 * @param prompt what stands before the answer and is not trained
 * @param answer what is trained
 * @param endOfText whether the token that ends a text follows the answer
 * @param maxLength most tokens of an example, all its parts together; nothing is ever cut
 */
public record ExampleForm(Prompt prompt, Answer answer, boolean endOfText, int maxLength) {

    /** The fields that prompt and answer are made of. */
    public Set<String> fields() {
        Set<String> fields = new LinkedHashSet<>(prompt.text().fields());
        fields.addAll(answer.text().fields());
        return fields;
    }

    /**
     * An example.
     *
     * @param ids tokens
     * @param answerFrom the first of them that is trained
     */
    record Encoded(int[] ids, int answerFrom) {}

    /** The example of a record that has all {@link #fields()}; null, and at least one mistake, where there is none. */
    Encoded encode(DataRecord record, Tokenizer tokenizer, Mistakes mistakes) {
        Set<String> asked = prompt.text().fields();
        boolean empty = !asked.isEmpty()
                && asked.stream().allMatch(field -> record.text(field).isBlank());
        if (empty) {
            mistakes.add(Kind.EMPTY_PROMPT, record, "has nothing in " + String.join(", ", asked));
        }
        String text = answer.of(record, mistakes);
        if (text == null || empty) {
            return null;
        }
        int[] before = prompt.encode(tokenizer, record);
        int[] answered = tokenizer.encode(text);
        int[] ids = Arrays.copyOf(before, before.length + answered.length + (endOfText ? 1 : 0));
        System.arraycopy(answered, 0, ids, before.length, answered.length);
        if (endOfText) {
            ids[ids.length - 1] = tokenizer.endOfText();
        }
        if (ids.length > maxLength) {
            mistakes.add(Kind.TOO_LONG, record, "has " + ids.length + " tokens, expected at most " + maxLength);
            return null;
        }
        return new Encoded(ids, before.length);
    }
}
