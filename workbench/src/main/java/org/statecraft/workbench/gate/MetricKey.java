package org.statecraft.workbench.gate;

/**
 * Which score: the same metric of the same task can stand in several evaluations of a run, as "before" and "after".
 *
 * @param evaluation label of the evaluation; a second one of the same label is "label (2)"
 */
public record MetricKey(String evaluation, String task, String metric) {

    /** Whether a name on the command line means it: {@code metric}, {@code task/metric} or {@code evaluation/task/metric}. */
    boolean isMeantBy(String name) {
        return name.equals(metric) || name.equals(task + "/" + metric) || name.equals(toString());
    }

    @Override
    public String toString() {
        return evaluation + "/" + task + "/" + metric;
    }
}
