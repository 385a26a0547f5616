package org.statecraft.workbench.gate;

import java.util.List;

/**
 * What runs are held against, and who decided so: the file that {@link BaselineFile} reads and writes.
 *
 * @param model that was scored; may be null, like the recipe's hash
 * @param by who made it
 * @param why in words
 * @param date of making, ISO 8601
 * @param run id of the run that it was made from; may be null
 * @param commit of the sources of that run; may be null
 */
public record Baseline(
        String model,
        String recipeHash,
        String by,
        String why,
        String date,
        String run,
        String commit,
        List<BaselineMetric> metrics,
        List<Guard> guards) {

    /** The format that this version writes, and the newest that it reads. */
    public static final int FORMAT = 1;

    public Baseline {
        metrics = List.copyOf(metrics);
        guards = List.copyOf(guards);
    }
}
