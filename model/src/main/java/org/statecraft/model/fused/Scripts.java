package org.statecraft.model.fused;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import org.statecraft.model.Weight;

/** What the calls of both scripts need. */
final class Scripts {
    private Scripts() {}

    /** True lengths of the rows as the scripts take them, {@code [batch]} int64; null when no row is padded. */
    static NDArray lengths(NDManager scope, int[] lengths) {
        return lengths == null
                ? null
                : scope.create(Arrays.stream(lengths).asLongStream().toArray());
    }

    /** Null for a parameter that the layer does not have. */
    static NDArray tensor(Weight weight, NDManager scope) {
        return weight == null ? null : weight.tensor(scope);
    }

    /** {@code y + bias}; the bias may be null. */
    static NDArray biased(NDArray y, Weight bias) {
        return bias == null ? y : y.add(bias.value(y.getManager()));
    }
}
