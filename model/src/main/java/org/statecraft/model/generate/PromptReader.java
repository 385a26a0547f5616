package org.statecraft.model.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.Decoder;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Output;
import org.statecraft.model.Snapshot;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Tokenizer;

/**
 * Reads prompts in one padded batch.
 *
 * @param start what every prompt goes on from; null for new sequences
 */
record PromptReader(LanguageModel model, Tokenizer tokenizer, Snapshot start) {

    /** Where new tokens begin: the states behind the prompts, and for each prompt the logits of its first new token. */
    record Begin(Decoder decoder, float[][] logits) {}

    /** The tokens of a prompt; an empty one is the end-of-text token, or nothing behind a snapshot. */
    int[] tokens(String prompt) {
        // what a tokenizer puts before a text does not stand in the middle of one
        boolean beginning = start == null || start.tokens() == 0;
        int[] tokens = beginning ? tokenizer.encodePrompt(prompt) : tokenizer.encode(prompt);
        if (tokens.length > 0) {
            return tokens;
        }
        if (beginning) {
            return new int[] {tokenizer.endOfText()};
        }
        if (start.logits() == null) {
            throw new InputException("an empty prompt, and a snapshot without the logits of its last token, "
                    + "which nothing can follow; give a prompt");
        }
        return tokens;
    }

    /** Reads the tokens of prompts; the caller closes the decoder. */
    Begin read(List<int[]> prompts) {
        float[][] logits = new float[prompts.size()][];
        try (NDManager scope = model.newScope()) {
            ModelState from = start == null ? null : start.state(scope, prompts.size());
            if (prompts.stream().allMatch(prompt -> prompt.length == 0)) {
                Arrays.fill(logits, start.logits());
                return new Begin(model.decoder(from), logits);
            }
            Output output = model.prefill(TokenBatch.padded(scope, prompts), from);
            if (from != null) {
                from.close();
            }
            float[][] read = rows(model.logits(output.hidden().squeeze(1)));
            for (int i = 0; i < logits.length; i++) {
                logits[i] = prompts.get(i).length == 0 ? start.logits() : read[i];
            }
            return new Begin(model.decoder(output.state()), logits);
        }
    }

    /** The rows of {@code logits [batch, vocabulary]}. */
    static float[][] rows(NDArray logits) {
        int rows = (int) logits.getShape().get(0);
        float[] flat = logits.toFloatArray();
        int width = flat.length / rows;
        return IntStream.range(0, rows)
                .mapToObj(row -> Arrays.copyOfRange(flat, row * width, (row + 1) * width))
                .toArray(float[][]::new);
    }
}
