package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/** Continues a batch of sequences token by token over a state of its own, which it changes in place. */
public interface Decoder extends AutoCloseable {

    /**
     * Feeds one token to each row.
     *
     * @param tokens one id for each row
     * @return logits after it, {@code [batch, embedding rows]}, valid until the next call
     */
    NDArray step(int[] tokens);

    /** Goes on with some of the rows only, in the order given. */
    void keep(int[] rows);

    /** The state after the last step; it belongs to this decoder and is valid until the next call. */
    ModelState state();

    @Override
    void close();
}
