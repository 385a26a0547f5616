package org.statecraft.eval.spider;

/**
 * What came of running gold query and prediction on the database.
 *
 * @param reason why there is no match; null of a match and of different values
 */
public record Execution(Outcome outcome, String reason) {
    /** What can come of it. */
    public enum Outcome {
        MATCH,
        DIFFERENT,
        /** The prediction does not run, or not within its limits: no match. */
        PREDICTION_FAILED,
        /** The gold query does not run. It says nothing about the prediction and is counted apart. */
        GOLD_FAILED,
        /** Nobody asked. */
        NOT_RUN
    }

    static final Execution NOT_RUN = new Execution(Outcome.NOT_RUN, "no databases were given");

    /** Whether prediction and gold query give the same values; null where that is not known. */
    public Boolean matches() {
        return switch (outcome) {
            case MATCH -> Boolean.TRUE;
            case DIFFERENT, PREDICTION_FAILED -> Boolean.FALSE;
            case GOLD_FAILED, NOT_RUN -> null;
        };
    }
}
