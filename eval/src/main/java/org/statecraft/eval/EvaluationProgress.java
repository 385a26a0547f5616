package org.statecraft.eval;

/** Told how many requests are answered. An exception that it throws stops the evaluation and reaches the caller. */
@FunctionalInterface
public interface EvaluationProgress {
    /**
     * Some requests were answered.
     *
     * @param what is evaluated: a task, or so many tasks together
     */
    void at(String what, int done, int total);
}
