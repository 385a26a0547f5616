package org.statecraft.eval;

import org.statecraft.eval.metrics.Bootstrap;

/**
 * How much of the tasks is evaluated.
 *
 * @param limit most documents of each task, the first ones; below 1 their share, rounded up; {@link #ALL} for all
 * @param bootstrapReplicates for standard errors that have no formula; 0 switches all standard errors off
 */
public record EvaluationOptions(double limit, int bootstrapReplicates) {
    public static final double ALL = Double.POSITIVE_INFINITY;

    public EvaluationOptions {
        if (!(limit > 0) || bootstrapReplicates < 0) {
            throw new IllegalArgumentException(
                    "limit must be above 0 and bootstrapReplicates at least 0: " + limit + ", " + bootstrapReplicates);
        }
    }

    /** All documents and as many replicates as the harness makes. */
    public static EvaluationOptions defaults() {
        return new EvaluationOptions(ALL, Bootstrap.REPLICATES);
    }

    /** How many of so many documents are evaluated. */
    int of(int documents) {
        return (int) Math.min(documents, limit < 1 ? Math.ceil(documents * limit) : limit);
    }
}
