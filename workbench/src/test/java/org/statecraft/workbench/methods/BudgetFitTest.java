package org.statecraft.workbench.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BudgetFitTest {
    @Test
    void theNearestSizeIsThatOfATrialOfAll() {
        for (long budget = 1; budget < 400; budget++) {
            long wanted = budget;
            int expected = IntStream.rangeClosed(1, 200)
                    .boxed()
                    .min((a, b) -> Long.compare(Math.abs(7L * a + 5 - wanted), Math.abs(7L * b + 5 - wanted)))
                    .orElseThrow();
            assertEquals(expected, BudgetFit.nearest(budget, size -> 7L * size + 5), "budget " + budget);
        }
    }

    @Test
    void sizeThatStopsToMatterEndsTheSearch() {
        assertEquals(8, BudgetFit.nearest(1_000, size -> Math.min(size, 8)));
    }
}
