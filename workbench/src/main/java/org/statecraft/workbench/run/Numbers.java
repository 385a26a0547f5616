package org.statecraft.workbench.run;

/** JSON has no NaN and no infinity: such a number is stored as a missing one. */
final class Numbers {
    private Numbers() {}

    static Double finite(Double value) {
        return value == null || !Double.isFinite(value) ? null : value;
    }
}
