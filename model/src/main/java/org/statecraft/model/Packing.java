package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.core.Embedding;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Where the sequences of a packed stream stand: one after another in one row, without padding.
 *
 * <p>What looks at one token at a time runs on the packed stream. Convolution and scan look along a sequence; for them each
 * sequence gets a row of its own ({@link #apart}), which begins from its own window and state, and what they give is put back
 * ({@link #together}). So nothing passes a border, and no kernel knows of packing. A stream whose sequences have rows of their own
 * already stays as it is.
 */
final class Packing {
    private static final Packing NONE = new Packing(new int[0], null, null);

    private final int[] lengths;
    private final NDArray toApart;
    private final NDArray toTogether;

    private Packing(int[] lengths, NDArray toApart, NDArray toTogether) {
        this.lengths = lengths;
        this.toApart = toApart;
        this.toTogether = toTogether;
    }

    /**
     * The packing of a stream.
     *
     * @param stream {@code [batch, length, ...]} or, packed, {@code [1, total, ...]}; its manager gets what is needed here
     * @param lengths as in {@link TokenBatch}
     */
    static Packing of(NDArray stream, int[] lengths) {
        if (!isPacked(stream.getShape(), lengths)) {
            return NONE;
        }
        NDManager scope = stream.getManager();
        int[] begins = begins(lengths);
        int longest = IntStream.of(lengths).max().orElseThrow();
        // behind its end a sequence repeats its last token: any value does there, if it is finite
        LongStream apart = IntStream.range(0, lengths.length).boxed().flatMapToLong(s -> IntStream.range(0, longest)
                .mapToLong(t -> begins[s] + (long) Math.min(t, lengths[s] - 1)));
        LongStream together = IntStream.range(0, lengths.length)
                .boxed()
                .flatMapToLong(s -> IntStream.range(0, lengths[s]).mapToLong(t -> (long) s * longest + t));
        return new Packing(
                lengths, Constants.array(scope, apart.toArray()), Constants.array(scope, together.toArray()));
    }

    /** True where there are more sequences than rows. */
    static boolean isPacked(Shape stream, int[] lengths) {
        return lengths != null && lengths.length > stream.get(0);
    }

    /** Position of the first token of each sequence. */
    static int[] begins(int[] lengths) {
        int[] begins = new int[lengths.length];
        for (int s = 1; s < begins.length; s++) {
            begins[s] = begins[s - 1] + lengths[s - 1];
        }
        return begins;
    }

    boolean isNone() {
        return toApart == null;
    }

    /** {@code [1, total, ...]} as {@code [sequences, longest, ...]}, padded on the right. */
    NDArray apart(NDArray packed) {
        return isNone() ? packed : rows(packed, toApart, lengths.length, toApart.size() / lengths.length);
    }

    /** The reverse of {@link #apart}, which drops the padding. */
    NDArray together(NDArray padded) {
        return isNone() ? padded : rows(padded, toTogether, 1, toTogether.size());
    }

    /** All parts of a front stage that stand beside tokens. */
    Front together(Front padded) {
        return isNone()
                ? padded
                : new Front(
                        together(padded.z()),
                        together(padded.x()),
                        together(padded.B()),
                        together(padded.C()),
                        together(padded.delta()),
                        padded.convWindow());
    }

    /**
     * Some rows in front of every sequence of a packed stream.
     *
     * @param prompt {@code [rows, dModel]}
     * @param packed {@code [1, total, dModel]}
     * @param lengths without those rows
     */
    static NDArray prepended(NDArray prompt, NDArray packed, int[] lengths) {
        int total = (int) packed.getShape().get(1);
        int rows = (int) prompt.getShape().get(0);
        int[] begins = begins(lengths);
        LongStream indices = IntStream.range(0, lengths.length).boxed().flatMapToLong(s -> IntStream.concat(
                        IntStream.range(total, total + rows), IntStream.range(begins[s], begins[s] + lengths[s]))
                .asLongStream());
        NDArray both = packed.squeeze(0).concat(prompt, 0).expandDims(0);
        NDArray index = Constants.array(packed.getManager(), indices.toArray());
        return rows(both, index, 1, index.size());
    }

    /** A packed stream without the first rows of every sequence; {@code lengths} count those rows. */
    static NDArray withoutFirst(int rows, NDArray packed, int[] lengths) {
        int[] begins = begins(lengths);
        LongStream indices = IntStream.range(0, lengths.length)
                .boxed()
                .flatMapToLong(s -> LongStream.range(begins[s] + rows, begins[s] + lengths[s]));
        NDArray index = Constants.array(packed.getManager(), indices.toArray());
        return rows(packed, index, 1, index.size());
    }

    /** Rows of {@code [a, b, ...]}, counted through both axes, as {@code [first, second, ...]}. */
    private static NDArray rows(NDArray array, NDArray indices, long first, long second) {
        Shape shape = array.getShape();
        NDArray table = array.reshape(shape.get(0) * shape.get(1), -1);
        long[] result = shape.getShape().clone();
        result[0] = first;
        result[1] = second;
        return Embedding.embedding(indices, table, SparseFormat.DENSE)
                .singletonOrThrow()
                .reshape(new Shape(result));
    }
}
