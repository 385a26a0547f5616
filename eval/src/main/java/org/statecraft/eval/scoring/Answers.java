package org.statecraft.eval.scoring;

/**
 * Hears the answers to a list of requests as they come, in whatever order. What it throws ends the work and reaches the caller.
 *
 * @param <A> kind of answer
 */
public interface Answers<A> {
    /** Told the answer to the request at a place of the list. Each place is told once. */
    void answer(int request, A answer);

    /** Some answers that belong together have come: a good moment to store them. */
    default void batchDone() {}
}
