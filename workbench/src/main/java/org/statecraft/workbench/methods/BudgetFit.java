package org.statecraft.workbench.methods;

import java.util.function.IntToLongFunction;

/** Chooses the size of a method whose number of trained values grows with it, so that it comes nearest to a budget. */
public final class BudgetFit {
    private BudgetFit() {}

    /**
     * The size of at least 1 whose count is nearest to the budget; of two equally near ones the smaller.
     *
     * @param count trained values of a size; does not fall when the size grows
     */
    public static int nearest(long budget, IntToLongFunction count) {
        int above = 1;
        while (count.applyAsLong(above) < budget) {
            if (above > 1 && count.applyAsLong(above) == count.applyAsLong(above / 2)) {
                // the size has stopped to matter
                return above / 2;
            }
            above = Math.multiplyExact(above, 2);
        }
        int below = above / 2;
        while (above - below > 1) {
            int middle = (above + below) >>> 1;
            if (count.applyAsLong(middle) < budget) {
                below = middle;
            } else {
                above = middle;
            }
        }
        boolean lower = below >= 1 && budget - count.applyAsLong(below) <= count.applyAsLong(above) - budget;
        return lower ? below : above;
    }
}
