package org.statecraft.eval.scoring;

/**
 * How requests are put to a model. Neither number changes a score except that {@code maxLength} limits what is read.
 *
 * @param batch most sequences in one forward pass
 * @param maxLength most tokens of a sequence
 */
public record ScoringOptions(int batch, int maxLength) {
    public ScoringOptions {
        if (batch < 1 || maxLength < 1) {
            throw new IllegalArgumentException("batch and maxLength must be at least 1: " + batch + ", " + maxLength);
        }
    }
}
