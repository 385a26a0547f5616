package org.statecraft.eval.scoring;

import org.statecraft.model.generate.Generation;

/**
 * A text that the model wrote: the best of its search.
 *
 * @param sum of the log-probabilities of its tokens
 * @param score by which the search preferred it
 */
public record WrittenAnswer(Generation generation, double sum, double score) implements Response {}
