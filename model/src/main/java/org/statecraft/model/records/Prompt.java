package org.statecraft.model.records;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.statecraft.model.Tokenizer;

/**
 * What a model is given before an answer: a fixed prefix and the text of a record, encoded each on its own and joined. Training
 * and evaluation must ask in the same tokens, so both take them from here.
 *
 * @param prefix a text without fields, or the empty text for none
 */
public record Prompt(String prefix, Template text) {

    /** The tokens for a record that has all fields; what the tokenizer puts before a text stands at the beginning, once. */
    public int[] encode(Tokenizer tokenizer, DataRecord record) {
        String rendered = text.render(record);
        if (prefix.isEmpty()) {
            return tokenizer.encodePrompt(rendered);
        }
        return join(tokenizer.encodePrompt(prefix), tokenizer.encode(rendered));
    }

    private static int[] join(int[] first, int[] second) {
        return IntStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }
}
