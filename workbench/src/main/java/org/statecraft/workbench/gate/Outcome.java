package org.statecraft.workbench.gate;

/** What the gate says about a metric, a guard or a whole run; of several the last in this order counts. */
public enum Outcome {
    /** Shown to be no worse than the margin permits. */
    PASS,
    /** Neither shown to be harmless nor shown to be harmful: too few documents for this margin. */
    INCONCLUSIVE,
    /** Shown to be worse than the margin permits. */
    FAIL,
    /** Not comparable. */
    ERROR
}
