package org.statecraft.eval.scoring;

/**
 * Answer to a whole text.
 *
 * @param sum of the tokens' log-probabilities
 * @param tokens how many tokens the text has
 */
public record RollingLogLikelihood(double sum, long tokens) implements Response {}
