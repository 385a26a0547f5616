package org.statecraft.eval.fidelity;

/**
 * What two models make of one window.
 *
 * @param baseNats {@code -log p} of the continuation given its context under the base
 * @param nats the same under the changed model
 * @param bytes of the continuation
 * @param divergence mean over the tokens of the continuation of {@code KL(base ‖ changed)} of the predictions, in nats
 * @param agreement share of those tokens for which both models find the same token the likeliest
 * @param greedy whether the changed model finds each token of the continuation the likeliest
 */
public record FidelityScore(
        double baseNats, double nats, int bytes, double divergence, double agreement, boolean greedy) {

    public double baseBitsPerByte() {
        return bits(baseNats);
    }

    public double bitsPerByte() {
        return bits(nats);
    }

    private double bits(double sum) {
        return sum / StrictMath.log(2) / bytes;
    }
}
