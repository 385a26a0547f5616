package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** What an adapter adds to a stored parameter; see {@link Weight}. */
public sealed interface WeightChange {

    /**
     * {@code W + scale·B·A}, kept as two factors.
     *
     * @param A {@code [rank, in]}
     * @param B {@code [out, rank]}
     */
    record LowRank(NDArray A, NDArray B, float scale) implements WeightChange {}

    /**
     * DoRA's magnitude: row i becomes {@code magnitude[i]·V[i] / ‖V[i]‖} with V the weight after all earlier changes. The
     * norm is constant in the backward pass (Liu et al. 2024, section 4.3).
     *
     * @param magnitude {@code [out]}
     */
    record Magnitude(NDArray magnitude) implements WeightChange {}

    /**
     * Adds values to single entries.
     *
     * @param positions row-major positions in the parameter, {@code [n]} int64, each at most once
     * @param values {@code [n]}
     */
    record SparseEntries(NDArray positions, NDArray values) implements WeightChange {}

    /**
     * Rows inserted along the first axis; offsets refer to the parameter before the insertion and ascend.
     */
    record ExtraRows(List<Block> blocks) implements WeightChange {
        public ExtraRows {
            blocks = List.copyOf(blocks);
        }

        /** New rows {@code [n, ...]} that stand before the old row {@code before}. */
        public record Block(long before, NDArray rows) {}
    }
}
