package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import org.statecraft.model.Adapter;
import org.statecraft.model.Front;
import org.statecraft.model.Layer;

/**
 * A read-out that adds a linear map of C and a constant to the scan output, the same for every token. Rows of a batch may then
 * have different ones.
 */
public interface OffsetReadOut extends Adapter.ReadOut {

    @Override
    default NDArray apply(NDArray y, Front front, Layer layer) {
        return apply(y, front.C());
    }

    /**
     * The scan output with the offset.
     *
     * @param y {@code [batch, length, heads, headDim]}
     * @param C {@code [batch, length, groups, state]}
     */
    NDArray apply(NDArray y, NDArray C);
}
