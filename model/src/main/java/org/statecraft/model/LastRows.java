package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/**
 * Keeps, of the hidden rows that pass by in segments, the one at each sequence's own last token; zeros for a sequence without
 * tokens.
 */
final class LastRows implements ForwardPass.Sink {
    private final NDManager owner;
    private final boolean packed;
    private final int[] last;
    private final NDArray[] kept;

    LastRows(TokenBatch batch) {
        this.owner = batch.ids().getManager();
        this.packed = batch.isPacked();
        this.last = batch.lastColumns();
        this.kept = new NDArray[last.length];
    }

    @Override
    public void accept(NDArray hidden, long from) {
        long to = from + hidden.getShape().get(1);
        for (int s = 0; s < last.length; s++) {
            if (last[s] >= from && last[s] < to) {
                long column = last[s] - from;
                try (NDArray view =
                        hidden.get(new NDIndex().addIndices(packed ? 0 : s).addSliceDim(column, column + 1))) {
                    // a copy: a view would keep the whole segment
                    kept[s] = view.duplicate();
                }
                kept[s].attach(owner);
            } else if (last[s] < 0 && from == 0) {
                kept[s] = owner.zeros(new Shape(1, hidden.getShape().get(2)));
            }
        }
        hidden.close();
    }

    /** {@code [sequences, 1, dModel]}. */
    NDArray rows() {
        return NDArrays.stack(new NDList(kept));
    }
}
