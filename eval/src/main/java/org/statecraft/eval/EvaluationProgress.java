package org.statecraft.eval;

/** Told how many requests of a task are answered. An exception that it throws stops the evaluation and reaches the caller. */
@FunctionalInterface
public interface EvaluationProgress {
    void at(String task, int done, int total);
}
