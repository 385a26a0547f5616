package org.statecraft.workbench.methods;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.statecraft.workbench.methods.Contest.Interval;

/**
 * One line of a comparison.
 *
 * @param equalBudget whether it trains about as many values as the reference
 * @param description the method with its keys
 * @param trials the final trainings, one for each seed
 * @param score bits per byte on the test text
 * @param difference the score less that of the reference; null for the reference itself
 */
record Standing(
        String name, boolean equalBudget, String description, List<Trial> trials, Interval score, Interval difference) {

    /** The median of a figure over the trainings, null where none has it. */
    Double median(Function<Trial, Double> figure) {
        double[] values = trials.stream()
                .map(figure)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return values.length == 0 ? null : values[values.length / 2];
    }

    /** What the sample says about the method beside the reference, in one word. */
    String verdict() {
        if (difference == null) {
            return "reference";
        }
        return difference.high() < 0 ? "better" : difference.low() > 0 ? "worse" : "not resolved";
    }
}
