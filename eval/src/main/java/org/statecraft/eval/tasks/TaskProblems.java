package org.statecraft.eval.tasks;

/** Hears of every mistake in a task file. */
@FunctionalInterface
public interface TaskProblems {
    /**
     * Told of a mistake.
     *
     * @param path of the key, as {@code metric_list[0].metric}
     * @param found what stands there
     * @param expected what should, or null
     * @param nearest the valid name most like what was found, or null
     */
    void report(String path, String found, String expected, String nearest);
}
