package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * What the read-out {@code C} makes of a state that a method learned: one bias-free linear map for each group of heads. Nothing of
 * the recurrence takes part, so it is the same for a whole sequence and for one token.
 */
public final class StateReadOut {
    private StateReadOut() {}

    /**
     * All rows read out for each token.
     *
     * @param C {@code [batch, length, groups, columns]}
     * @param rows any shape whose last axis, flattened, is {@code columns} wide; rows stand group by group, equally many in each
     * @return {@code [batch·length, rows]}, attached to the manager of {@code C}
     */
    public static NDArray of(NDArray C, NDArray rows, long columns) {
        long groups = C.getShape().get(2);
        long tokens = C.getShape().get(0) * C.getShape().get(1);
        long perGroup = rows.size() / columns / groups;
        if (groups == 1) {
            NDArray map = view(C.getManager(), rows, new Shape(perGroup, columns));
            return C.reshape(tokens, columns).matMul(map.transpose());
        }
        NDArray maps = view(C.getManager(), rows, new Shape(groups, perGroup, columns));
        return C.reshape(tokens, groups, columns)
                .swapAxes(0, 1)
                .matMul(maps.swapAxes(1, 2))
                .swapAxes(0, 1)
                .reshape(tokens, groups * perGroup);
    }

    /** Belongs to {@code scope}, so that what is computed from a parameter does not live as long as the parameter. */
    public static NDArray view(NDManager scope, NDArray parameter, Shape shape) {
        NDArray view = parameter.reshape(shape);
        view.attach(scope);
        return view;
    }
}
