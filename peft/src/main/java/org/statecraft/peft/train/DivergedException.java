package org.statecraft.peft.train;

/** The loss or the gradient of a training is no longer finite. */
public final class DivergedException extends TrainingException {
    DivergedException(String message) {
        super(message);
    }
}
