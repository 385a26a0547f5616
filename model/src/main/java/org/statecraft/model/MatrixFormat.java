package org.statecraft.model;

import java.util.Locale;

/**
 * How the large matrices of a model are stored and multiplied with: {@link Layer#largeMatrices} and the head. Everything else
 * stays float32: norms, convolution, recurrence, residual stream, step sizes and the look-up in the embedding.
 *
 * <p>With any of them but {@link #FLOAT32} a product rounds activations and results to bfloat16 and adds up in float32. The
 * formulas stand in {@code docs/model.md}.
 */
public enum MatrixFormat {
    FLOAT32,
    /** Two bytes for each value. */
    BFLOAT16,
    /** One byte for each value, and a scale for each row. */
    INT8,
    /**
     * Half a byte for each value, and a scale and a zero for 32 neighbours of a row. Packed in the order of the CPU's product;
     * elsewhere the same values are stored as bfloat16.
     */
    INT4;

    /** The neighbours in a row that share a scale in {@link #INT4}; the products with both integers read whole groups. */
    private static final int GROUP = 32;

    /** {@link #INT4} is packed in blocks of so many rows. */
    private static final int BLOCK = 16;

    /** {@code float32}, {@code bfloat16}, {@code int8} or {@code int4}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a matrix of that width is stored as: {@link #BFLOAT16} where the width is no multiple of 32. */
    MatrixFormat forWidth(long in) {
        boolean wholeGroups = this == FLOAT32 || this == BFLOAT16 || in % GROUP == 0;
        return wholeGroups ? this : BFLOAT16;
    }

    /** How many of the last rows stay float32, if at least {@code exact} of them must: {@link #INT4} leaves what fills no block. */
    long float32Rows(long rows, long exact) {
        return this == INT4 ? exact + (rows - exact) % BLOCK : exact;
    }
}
