package org.statecraft.eval.scoring;

import java.util.Arrays;

/**
 * A continuation in token ids.
 *
 * @param context tokens before the first scored one
 * @param continuation the tokens to score
 */
public record TokenRequest(int[] context, int[] continuation) {

    /** False where a list is empty: then there is no row that predicts, or nothing to predict. */
    boolean scorable() {
        return context.length > 0 && continuation.length > 0;
    }

    /**
     * What the model reads: everything but the last token, cut on the left to {@code maxLength} tokens. Its last
     * {@code continuation.length} rows predict the continuation.
     */
    int[] input(int maxLength) {
        int length = context.length + continuation.length - 1;
        int[] all = Arrays.copyOf(context, length);
        System.arraycopy(continuation, 0, all, context.length, continuation.length - 1);
        return Arrays.copyOfRange(all, Math.max(0, length - maxLength), length);
    }
}
