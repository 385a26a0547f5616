package org.statecraft.peft.train;

import org.statecraft.model.InputException;

/** A training cannot go on: a guard found that it would be in vain, or its numbers are no longer finite. */
public class TrainingException extends InputException {
    TrainingException(String message) {
        super(message);
    }
}
