package org.statecraft.eval.metrics;

/**
 * What one document contributes to a metric.
 *
 * @param parts a score; a log-likelihood and the words or bytes that it is spread over; a given and a right label; or the counts that
 *     a metric of all texts together is made of
 */
public record Observation(double... parts) {

    /** A log-likelihood with its weight. */
    public static Observation weighted(double value, double weight) {
        return new Observation(value, weight);
    }

    /** A label: {@code predicted} is its place, negative for an answer that is no label; {@code right} is the place of the right one. */
    public static Observation ofLabel(int predicted, int right) {
        return new Observation(predicted, right);
    }

    /** A score, or a log-likelihood. */
    public double value() {
        return parts[0];
    }

    double weight() {
        return parts[1];
    }

    int predicted() {
        return (int) parts[0];
    }

    int right() {
        return (int) parts[1];
    }
}
