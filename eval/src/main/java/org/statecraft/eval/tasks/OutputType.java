package org.statecraft.eval.tasks;

import java.util.Locale;

/** What a task asks of a model, by the harness's names. */
public enum OutputType {
    /** How likely is a continuation, and is it the greedy one? */
    LOGLIKELIHOOD,
    /** How likely is a whole text? */
    LOGLIKELIHOOD_ROLLING,
    /** Which of several continuations is the likeliest? */
    MULTIPLE_CHOICE,
    /** What does the model write? */
    GENERATE_UNTIL;

    /** As task files and result files write it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
