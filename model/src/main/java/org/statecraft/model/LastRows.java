package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * Keeps, of the hidden rows that pass by in segments, the one at each sequence's own last token; zeros for a sequence without
 * tokens.
 */
final class LastRows implements ForwardPass.Sink {
    private final NDManager owner;
    private final int[] last;
    private final NDArray[] kept;

    LastRows(TokenBatch batch) {
        this.owner = batch.ids().getManager();
        int rows = (int) batch.ids().getShape().get(0);
        this.last = batch.lengths() == null
                ? new int[rows]
                : Arrays.stream(batch.lengths()).map(n -> n - 1).toArray();
        if (batch.lengths() == null) {
            Arrays.fill(last, (int) batch.ids().getShape().get(1) - 1);
        }
        this.kept = new NDArray[rows];
    }

    @Override
    public void accept(NDArray hidden, long from) {
        long to = from + hidden.getShape().get(1);
        for (int row = 0; row < last.length; row++) {
            if (last[row] >= from && last[row] < to) {
                try (NDArray view =
                        hidden.get(new NDIndex().addIndices(row).addSliceDim(last[row] - from, last[row] - from + 1))) {
                    // a copy: a view would keep the whole segment
                    kept[row] = view.duplicate();
                }
                kept[row].attach(owner);
            } else if (last[row] < 0 && from == 0) {
                kept[row] = owner.zeros(new Shape(1, hidden.getShape().get(2)));
            }
        }
        hidden.close();
    }

    /** {@code [batch, 1, dModel]}. */
    NDArray rows() {
        return NDArrays.stack(new NDList(kept));
    }
}
