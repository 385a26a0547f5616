package org.statecraft.eval.fidelity;

import java.util.Arrays;

/**
 * A piece of a text: a context that both models read, and the continuation whose tokens they predict.
 *
 * @param start position of the first token of the context in the text
 * @param tokens of context and continuation
 * @param continuation how many of them are predicted: the last ones
 * @param contextText for people
 * @param continuationText likewise
 * @param bytes of the continuation
 */
public record FidelityWindow(
        int start, int[] tokens, int continuation, String contextText, String continuationText, int bytes) {

    /** Tokens of the context. */
    public int context() {
        return tokens.length - continuation;
    }

    /** What the models read: everything but the last token. Its last {@link #continuation} rows predict the continuation. */
    int[] input() {
        return Arrays.copyOf(tokens, tokens.length - 1);
    }

    int[] predicted() {
        return Arrays.copyOfRange(tokens, context(), tokens.length);
    }
}
