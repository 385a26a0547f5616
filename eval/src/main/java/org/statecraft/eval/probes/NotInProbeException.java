package org.statecraft.eval.probes;

import org.statecraft.model.InputException;

/** An input that a probe does not have; the message says which position breaks the rules. */
public final class NotInProbeException extends InputException {
    private static final long serialVersionUID = 1L;

    NotInProbeException(String message) {
        super(message);
    }
}
