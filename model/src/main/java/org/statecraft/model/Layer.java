package org.statecraft.model;

import java.util.function.BiFunction;

/** The parameters of one layer under the names of the checkpoint, and its sizes. */
public interface Layer {
    LayerShape shape();

    /**
     * The same layer with each parameter passed through {@code change}, which is given the name behind the layer's prefix,
     * such as {@code mixer.in_proj.weight}. The shape follows the new weights.
     */
    Layer map(BiFunction<String, Weight, Weight> change);
}
