package org.statecraft.peft.train;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.peft.train.TrainingConfig.EarlyStopping;
import org.statecraft.peft.train.TrainingReport.Validation;

/** The losses so far. Which validation was the best, and whether it is time to stop, follow from them. */
record History(List<Double> losses, List<Validation> validations) {

    static History empty() {
        return new History(new ArrayList<>(), new ArrayList<>());
    }

    History copy() {
        return new History(new ArrayList<>(losses), new ArrayList<>(validations));
    }

    boolean validatedAfter(int step) {
        return !validations.isEmpty() && validations.get(validations.size() - 1).step() == step;
    }

    /** The validation with the lowest loss, the earlier of equals; null before the first. */
    Validation best() {
        Validation best = null;
        for (Validation validation : validations) {
            if (best == null || validation.loss() < best.loss()) {
                best = validation;
            }
        }
        return best;
    }

    boolean exhausts(EarlyStopping rule) {
        double reference = Double.POSITIVE_INFINITY;
        int inVain = 0;
        for (Validation validation : validations) {
            if (validation.loss() < reference - rule.minDelta()) {
                reference = validation.loss();
                inVain = 0;
            } else {
                inVain++;
            }
        }
        return rule.patience() > 0 && inVain >= rule.patience();
    }
}
