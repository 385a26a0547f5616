package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import org.statecraft.model.Adapter;
import org.statecraft.model.Front;
import org.statecraft.model.Layer;
import org.statecraft.model.LayerShape;

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

    /**
     * The map of C as the product {@code u·w}, where it is kept so and there is no constant; null elsewhere.
     *
     * @param shape of the layer
     */
    default Factors factors(LayerShape shape) {
        return null;
    }

    /**
     * Two factors of a map.
     *
     * @param u {@code [dInner, rank]}
     * @param w {@code [rank, state]}
     */
    record Factors(NDArray u, NDArray w) {}
}
