package org.statecraft.workbench.execute;

/** Leaves a step after a request to stop; what is worth keeping has been written. */
final class Cancelled extends RuntimeException {
    Cancelled() {
        super("stopped on request", null, false, false);
    }
}
