package org.statecraft.model.generate;

/**
 * A text that a beam search found.
 *
 * @param generation the text; an end-of-text token is not among its tokens
 * @param logProbability sum over the new tokens, in nats; that of the end-of-text token counts where it ended the text
 * @param score by which texts were compared: {@code logProbability / length^lengthPenalty}, the end-of-text token counted in the
 *     length
 */
public record Hypothesis(Generation generation, double logProbability, double score) {}
