package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.function.UnaryOperator;

/** What an adapter adds to a stored parameter; see {@link Weight}. */
public sealed interface WeightChange {

    /**
     * {@code W + scale·B·A}, kept as two factors. A parameter of more than two axes counts as a matrix of its first axis by the
     * others. With a further axis in front of both factors each row of a batch has its own, and the parameter has no single value.
     *
     * @param A {@code [rank, in]}
     * @param B {@code [rows, rank]}, for the rows of the parameter from {@code fromRow} on
     * @param transposed whether both arrays hold their factor turned, A as {@code [in, rank]} and B as {@code [rank, rows]}; a view
     *     made before the recording would cut the factor off from its gradient
     */
    record LowRank(NDArray A, NDArray B, float scale, long fromRow, boolean transposed) implements WeightChange {
        public LowRank(NDArray A, NDArray B, float scale, long fromRow) {
            this(A, B, scale, fromRow, false);
        }

        /** For all rows of the parameter. */
        public LowRank(NDArray A, NDArray B, float scale) {
            this(A, B, scale, 0);
        }

        boolean differsByRow() {
            return A.getShape().dimension() == 3;
        }
    }

    /**
     * DoRA's magnitude: row i becomes {@code magnitude[i]·V[i] / ‖V[i]‖} with V the weight after all earlier changes. The
     * norm is constant in the backward pass (Liu et al. 2024, section 4.3).
     *
     * @param magnitude {@code [rows]}, for the rows of the parameter from {@code fromRow} on
     */
    record Magnitude(NDArray magnitude, long fromRow) implements WeightChange {
        /** For all rows of the parameter. */
        public Magnitude(NDArray magnitude) {
            this(magnitude, 0);
        }
    }

    /**
     * Adds an array of the parameter's own shape.
     *
     * @param delta what is added
     */
    record Added(NDArray delta) implements WeightChange {}

    /**
     * Adds values to single entries.
     *
     * @param positions row-major positions in the parameter, {@code [n]} int64, each at most once
     * @param values {@code [n]}
     */
    record SparseEntries(NDArray positions, NDArray values) implements WeightChange {}

    /**
     * Rows inserted along the first axis, or columns along the second; offsets refer to the parameter before the insertion and
     * ascend.
     *
     * @param axis 0 for rows, 1 for columns
     */
    record Inserted(int axis, List<Block> blocks) implements WeightChange {
        public Inserted {
            blocks = List.copyOf(blocks);
        }

        /** Entries {@code n} wide on the axis that stand before the old entry {@code before}. */
        public record Block(long before, NDArray entries) {}
    }

    /**
     * Changes what the linear map is applied to. It makes an operator of the parameter, which no longer has a value.
     *
     * @param operator from {@code [..., in]} to the same shape
     */
    record Input(UnaryOperator<NDArray> operator) implements WeightChange {}
}
