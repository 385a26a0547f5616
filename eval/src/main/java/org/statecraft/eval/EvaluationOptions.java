package org.statecraft.eval;

import org.statecraft.eval.metrics.Bootstrap;

/**
 * How much of the tasks is evaluated.
 *
 * @param limit most documents of each task, the first ones of its file; {@link #ALL} for all
 * @param bootstrapReplicates for standard errors that have no formula; 0 switches all standard errors off
 */
public record EvaluationOptions(int limit, int bootstrapReplicates) {
    public static final int ALL = Integer.MAX_VALUE;

    public EvaluationOptions {
        if (limit < 1 || bootstrapReplicates < 0) {
            throw new IllegalArgumentException("limit must be at least 1 and bootstrapReplicates at least 0: " + limit
                    + ", " + bootstrapReplicates);
        }
    }

    /** All documents and as many replicates as the harness makes. */
    public static EvaluationOptions defaults() {
        return new EvaluationOptions(ALL, Bootstrap.REPLICATES);
    }
}
