package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Token ids of several sequences, padded on the right.
 *
 * @param ids {@code [batch, length]} int64
 * @param lengths the true length of each row, or null when no row is padded
 */
public record TokenBatch(NDArray ids, int[] lengths) {

    /** Rows of equal length. */
    public static TokenBatch of(NDArray ids) {
        return new TokenBatch(ids, null);
    }

    /** Puts rows of any lengths into one batch; id 0 fills up the shorter ones. */
    public static TokenBatch padded(NDManager manager, List<int[]> rows) {
        int longest = rows.stream().mapToInt(r -> r.length).max().orElse(0);
        long[] flat = new long[rows.size() * longest];
        boolean even = true;
        for (int r = 0; r < rows.size(); r++) {
            int[] row = rows.get(r);
            even &= row.length == longest;
            for (int t = 0; t < row.length; t++) {
                flat[r * longest + t] = row[t];
            }
        }
        NDArray ids = manager.create(flat, new Shape(rows.size(), longest));
        return new TokenBatch(ids, even ? null : lengths(rows));
    }

    /** The tokens that predict labels {@code [batch, length]}: all but the last, after which nothing is predicted. */
    TokenBatch predicting(NDArray labels) {
        long length = labels.getShape().get(1);
        if (length < 2) {
            throw new IllegalArgumentException("labels of shape " + labels.getShape()
                    + ": expected at least two tokens, of which one predicts the next");
        }
        return slice(0, length - 1);
    }

    /** Some columns; rows that end before them have length 0 there. */
    TokenBatch slice(long from, long to) {
        int[] left = lengths == null
                ? null
                : IntStream.of(lengths)
                        .map(n -> (int) Math.max(0, Math.min(n, to) - from))
                        .toArray();
        return new TokenBatch(ids.get(new NDIndex().addAllDim().addSliceDim(from, to)), left);
    }

    /** The lengths when further positions stand before each row; null when no row is padded. */
    int[] lengthsPlus(int positions) {
        return lengths == null
                ? null
                : IntStream.of(lengths).map(n -> n + positions).toArray();
    }

    private static int[] lengths(Collection<int[]> rows) {
        return rows.stream().mapToInt(r -> r.length).toArray();
    }
}
