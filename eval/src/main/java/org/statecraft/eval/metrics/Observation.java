package org.statecraft.eval.metrics;

/**
 * What one document contributes to a metric.
 *
 * @param value a score or a log-likelihood
 * @param weight words or bytes that the value is spread over; 1 for unweighted metrics
 */
public record Observation(double value, long weight) {}
