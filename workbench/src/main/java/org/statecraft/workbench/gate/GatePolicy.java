package org.statecraft.workbench.gate;

/**
 * How certain a verdict must be.
 *
 * @param alpha the chance of a wrong PASS, and of a wrong FAIL, over all metrics together; above 0, at most 0.5
 * @param strict whether INCONCLUSIVE stops a build too
 */
public record GatePolicy(double alpha, boolean strict) {
    /** What the verb takes unless it is told otherwise. */
    public static final double DEFAULT_ALPHA = 0.05;

    public GatePolicy {
        if (!(alpha > 0 && alpha <= 0.5)) {
            throw new IllegalArgumentException("alpha is above 0 and at most 0.5, not " + alpha);
        }
    }
}
