package org.statecraft.peft.additionalscan;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import org.statecraft.model.Weight;
import org.statecraft.peft.Initial;

/**
 * Copies of the last column of {@code A_log}, as it is stored: the logarithm of {@code -A}.
 *
 * <p>The code that was released with state-offset tuning copies the last column of {@code -A} itself in its place. There a new
 * column of a usual model has {@code A_log = 16}, so {@code A = -e^16}: it forgets everything within one token and has no
 * gradient ({@code methods/state-offset-tuning.md}, section 2.9).
 */
final class LastColumn {
    private LastColumn() {}

    static Initial repeated(Weight ALog) {
        return (owner, shape, random) -> {
            try (NDManager scope = owner.newSubManager()) {
                NDArray value = ALog.value(scope);
                long columns = value.getShape().get(1);
                NDArray last = value.get(new NDIndex().addAllDim().addSliceDim(columns - 1, columns));
                NDArray copies =
                        last.mul(scope.ones(new Shape(1, shape.get(1)))).stopGradient();
                copies.attach(owner);
                return copies;
            }
        };
    }
}
