package org.statecraft.peft.train;

import java.util.List;

/**
 * What a training did.
 *
 * @param state how it ended
 * @param steps updates made, those before a resumption included
 * @param losses before each update, in nats per counted token
 * @param validations during the training
 * @param stoppedEarly true where the validation loss no longer fell
 * @param kept the update whose parameters the adapter has now
 * @param trainableParameters of the adapter
 * @param totalParameters of model and adapter
 * @param tokensPerSecond predicted positions per second of training; 0 when this process made no update
 */
public record TrainingReport(
        State state,
        int steps,
        List<Double> losses,
        List<Validation> validations,
        boolean stoppedEarly,
        int kept,
        long trainableParameters,
        long totalParameters,
        double tokensPerSecond) {

    public TrainingReport {
        losses = List.copyOf(losses);
        validations = List.copyOf(validations);
    }

    /** The loss before the last update; NaN when there was none. */
    public double lastLoss() {
        return losses.isEmpty() ? Double.NaN : losses.get(losses.size() - 1);
    }

    /** How a training ended. */
    public enum State {
        COMPLETED,
        /** Ended on request; its checkpoint continues it. */
        CANCELLED
    }

    /** Mean loss per token on the validation data after so many updates. */
    public record Validation(int step, double loss) {}
}
