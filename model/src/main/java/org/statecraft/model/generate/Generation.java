package org.statecraft.model.generate;

/**
 * A generated continuation.
 *
 * @param text without the prompt, cut before a stop text
 * @param tokens all new tokens, those of a stop text included, the end-of-text token not
 * @param finish why it ended
 */
public record Generation(String text, int[] tokens, Finish finish) {
    /** Why a generation ended. */
    public enum Finish {
        LENGTH,
        STOP_TEXT,
        END_OF_TEXT
    }
}
