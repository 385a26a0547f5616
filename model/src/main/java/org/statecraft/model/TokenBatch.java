package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Token ids of several sequences: each in a row of its own, padded on the right; or packed, that is one after another in a single
 * row, without padding. Nothing passes from one packed sequence to the next: each begins from its own state and ends with its own.
 *
 * @param ids {@code [batch, length]} int64; packed: {@code [1, total]}
 * @param lengths the true length of each sequence, or null when no row is padded; where there are more of them than rows, they are
 *     packed
 */
public record TokenBatch(NDArray ids, int[] lengths) {

    public TokenBatch {
        Shape shape = ids.getShape();
        if (lengths != null && lengths.length != shape.get(0)) {
            boolean filled = shape.get(0) == 1
                    && IntStream.of(lengths).allMatch(n -> n > 0)
                    && IntStream.of(lengths).asLongStream().sum() == shape.get(1);
            if (!filled) {
                throw new IllegalArgumentException("ids of shape " + shape + " with lengths " + Arrays.toString(lengths)
                        + ": expected one length for each row or, for packed sequences, one row and lengths of at "
                        + "least 1 that add up to its own");
            }
        }
    }

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

    /**
     * Packs sequences of any lengths into one row.
     *
     * @param rows each with at least one token
     */
    public static TokenBatch packed(NDManager manager, List<int[]> rows) {
        long[] flat = rows.stream().flatMapToInt(IntStream::of).asLongStream().toArray();
        NDArray ids = manager.create(flat, new Shape(1, flat.length));
        return new TokenBatch(ids, rows.size() == 1 ? null : lengths(rows));
    }

    /** True where several sequences stand in one row. */
    public boolean isPacked() {
        return Packing.isPacked(ids.getShape(), lengths);
    }

    /** Number of sequences. */
    public int sequences() {
        return isPacked() ? lengths.length : (int) ids.getShape().get(0);
    }

    /**
     * Tokens, and for each of them what it is to predict.
     *
     * @param labels of the shape of the ids
     */
    record Prediction(TokenBatch tokens, NDArray labels) {}

    /**
     * The tokens that predict labels of the shape of the ids: all but the last, after which nothing is predicted; packed: all but
     * the last of each sequence. A packed sequence of one token keeps it, for the sake of its state, and predicts nothing.
     */
    Prediction predicting(NDArray labels) {
        if (!labels.getShape().equals(ids.getShape())) {
            throw new IllegalArgumentException("labels of shape " + labels.getShape() + " beside ids of shape "
                    + ids.getShape() + ": expected one label for each token");
        }
        long length = labels.getShape().get(1);
        boolean nothing = isPacked() ? IntStream.of(lengths).allMatch(n -> n == 1) : length < 2;
        if (nothing) {
            throw new IllegalArgumentException("labels of shape " + labels.getShape()
                    + ": expected a sequence of at least two tokens, of which one predicts the next");
        }
        return isPacked() ? packedPrediction(labels) : new Prediction(slice(0, length - 1), columns(labels, 1, length));
    }

    private Prediction packedPrediction(NDArray labels) {
        NDManager manager = ids.getManager();
        int[] begins = Packing.begins(lengths);
        int[] left = IntStream.of(lengths).map(n -> Math.max(1, n - 1)).toArray();
        long[] tokens = IntStream.range(0, left.length)
                .boxed()
                .flatMapToLong(s -> LongStream.range(begins[s], begins[s] + left[s]))
                .toArray();
        long nowhere = ids.getShape().get(1);
        long[] predicted = IntStream.range(0, left.length)
                .boxed()
                .flatMapToLong(s -> lengths[s] == 1
                        ? LongStream.of(nowhere)
                        : LongStream.range(begins[s] + 1, begins[s] + lengths[s]))
                .toArray();
        NDArray ignored = manager.full(new Shape(1, 1), CrossEntropy.IGNORED, DataType.INT64);
        return new Prediction(
                new TokenBatch(ids.gather(index(manager, tokens), 1), left),
                labels.concat(ignored, 1).gather(index(manager, predicted), 1));
    }

    private static NDArray index(NDManager manager, long... positions) {
        return manager.create(positions, new Shape(1, positions.length));
    }

    /** Some columns of rows side by side; rows that end before them have length 0 there. */
    TokenBatch slice(long from, long to) {
        int[] left = lengths == null
                ? null
                : IntStream.of(lengths)
                        .map(n -> (int) Math.max(0, Math.min(n, to) - from))
                        .toArray();
        return new TokenBatch(columns(ids, from, to), left);
    }

    /** Some sequences of a packed row; a single one is not packed any more. */
    TokenBatch sequences(int from, int to) {
        if (from == 0 && to == lengths.length) {
            return this;
        }
        int[] some = Arrays.copyOfRange(lengths, from, to);
        long begin = Arrays.stream(lengths, 0, from).asLongStream().sum();
        NDArray columns =
                columns(ids, begin, begin + IntStream.of(some).asLongStream().sum());
        return new TokenBatch(columns, some.length == 1 ? null : some);
    }

    /** Column of the last token of each sequence; -1 for one without tokens. */
    int[] lastColumns() {
        if (lengths == null) {
            return IntStream.generate(() -> (int) ids.getShape().get(1) - 1)
                    .limit(sequences())
                    .toArray();
        }
        int[] begins = isPacked() ? Packing.begins(lengths) : new int[lengths.length];
        return IntStream.range(0, lengths.length)
                .map(s -> begins[s] + lengths[s] - 1)
                .toArray();
    }

    /** The lengths when further positions stand before each sequence; null when no row is padded. */
    int[] lengthsPlus(int positions) {
        return lengths == null
                ? null
                : IntStream.of(lengths).map(n -> n + positions).toArray();
    }

    private static NDArray columns(NDArray array, long from, long to) {
        return array.get(new NDIndex().addAllDim().addSliceDim(from, to));
    }

    private static int[] lengths(Collection<int[]> rows) {
        return rows.stream().mapToInt(r -> r.length).toArray();
    }
}
