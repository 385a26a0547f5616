package org.statecraft.eval.scoring;

/**
 * Answer to a continuation.
 *
 * @param sum of the tokens' log-probabilities
 * @param greedy whether each token of the continuation was the most likely one
 * @param tokens log-probability of each token of the continuation
 */
public record LogLikelihood(double sum, boolean greedy, float[] tokens) implements Response {}
