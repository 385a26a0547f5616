package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Some tokens of each row of a batch, few enough that the logits of all of them can be in memory at once.
 *
 * @param from the first of them
 * @param to the one behind the last
 */
record LossRows(long from, long to) {
    /** Logits in one piece: 256 MiB. */
    static final long MOST_LOGITS = 1L << 26;

    private static final long MOST_TOKENS = 512;

    /**
     * Cuts all tokens into pieces.
     *
     * @param hidden {@code [batch, length, dModel]}
     */
    static List<LossRows> of(Shape hidden, long vocabulary) {
        long length = hidden.get(1);
        long piece = Math.max(1, Math.min(MOST_TOKENS, MOST_LOGITS / (hidden.get(0) * vocabulary)));
        List<LossRows> all = new ArrayList<>();
        for (long from = 0; from < length; from += piece) {
            all.add(new LossRows(from, Math.min(length, from + piece)));
        }
        return all;
    }

    /** These tokens of {@code [batch, length, ...]}. */
    NDArray of(NDManager scope, NDArray array) {
        return of(scope, array, 0);
    }

    /** As {@link #of(NDManager, NDArray)}, where token 0 stands at {@code offset}. */
    NDArray of(NDManager scope, NDArray array, long offset) {
        return slice(scope, array, offset + from, offset + to);
    }

    /**
     * What these tokens predict.
     *
     * @param labels {@code [batch, length]}, each beside the token that predicts it
     * @param offset column of token 0 among them
     */
    NDArray predictedBy(NDManager scope, NDArray labels, long offset) {
        return slice(scope, labels, offset + from, offset + to);
    }

    private static NDArray slice(NDManager scope, NDArray array, long from, long to) {
        return array.get(scope, new NDIndex().addAllDim().addSliceDim(from, to));
    }
}
