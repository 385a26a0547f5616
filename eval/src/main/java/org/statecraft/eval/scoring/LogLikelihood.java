package org.statecraft.eval.scoring;

/**
 * Answer to a continuation.
 *
 * @param sum of the tokens' log-probabilities
 * @param greedy whether each token of the continuation was the most likely one
 */
public record LogLikelihood(double sum, boolean greedy) implements Response {}
