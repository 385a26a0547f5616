package org.statecraft.eval.metrics;

/**
 * What one document contributes to a metric.
 *
 * @param value a score, a log-likelihood or a label
 * @param weight words or bytes that the value is spread over; 1 for unweighted metrics; or the right label
 */
public record Observation(double value, long weight) {

    /** A label: {@code predicted} is its place, negative for an answer that is no label; {@code right} is the place of the right one. */
    public static Observation ofLabel(int predicted, int right) {
        return new Observation(predicted, right);
    }

    int predicted() {
        return (int) value;
    }

    int right() {
        return (int) weight;
    }
}
