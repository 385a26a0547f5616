package org.statecraft.eval;

/**
 * A metric of a task.
 *
 * @param value null where the number exceeds the range of a double, as the word perplexity of a text without blanks may
 * @param stderr standard error, or null where there is none
 * @param n documents behind it
 * @param higherIsBetter which way an improvement goes
 */
public record MetricValue(Double value, Double stderr, int n, boolean higherIsBetter) {}
