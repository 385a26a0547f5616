package org.statecraft.workbench.run;

/** Where a run stands. The names are those in {@code summary.json} and on the screen. */
public enum RunState {
    /** Waits for a worker. */
    QUEUED,
    /** A living process works on it. */
    RUNNING,
    /** Was asked to stop and is writing its last checkpoint. */
    STOPPING,
    /** Every step ended. */
    COMPLETED,
    /** A step failed; the summary names the cause. */
    FAILED,
    /** Stopped on request. */
    CANCELLED,
    /** Its process died without a word; it can be resumed. */
    LOST
}
