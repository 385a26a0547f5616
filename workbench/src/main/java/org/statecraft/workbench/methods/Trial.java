package org.statecraft.workbench.methods;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What one training of a comparison gave: one file, so that a comparison that stopped goes on behind the last one.
 *
 * @param seed of initial values and data order
 * @param validation loss on the validation text after the training, nats per token; NaN for a training that failed
 * @param testNats summed loss of each window of the test text; null where it was not scored
 * @param trainable trained values
 * @param bytes of the stored adapter
 * @param stepMillis median time of an update
 * @param stepOverForward the same over the time of the loss alone on its batches, measured before and after the training
 * @param peakMemoryBytes of the process during the training, or null; memory that the allocator kept from earlier ones counts
 * @param addedTokenMillis median time of decoding one token with the adapter less that without it, measured in turn
 * @param tokenOverBase the same as a ratio
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Trial(
        String method,
        double learningRate,
        long seed,
        int steps,
        double validation,
        double[] testNats,
        long trainable,
        Long bytes,
        Double stepMillis,
        Double stepOverForward,
        Long peakMemoryBytes,
        Double addedTokenMillis,
        Double tokenOverBase) {

    /** A training that only tries a rate. */
    public static Trial ofRate(String method, double rate, long seed, int steps, double validation, long trainable) {
        return new Trial(method, rate, seed, steps, validation, null, trainable, null, null, null, null, null, null);
    }
}
