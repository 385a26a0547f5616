package org.statecraft.model;

import java.util.Map;
import java.util.function.BiFunction;

/** The parameters of one layer under the names of the checkpoint, and its sizes. */
public interface Layer {
    LayerShape shape();

    /** The skip from the scan's input to its output, one value for each head or for each channel. */
    Weight D();

    /**
     * The matrices that take nearly all memory and time, by the names that {@link #map} gives. The value is how many of the last rows make
     * step sizes: these feed an exponential and are kept exact.
     */
    Map<String, Long> largeMatrices();

    /**
     * The same layer with each parameter passed through {@code change}, which is given the name behind the layer's prefix,
     * such as {@code mixer.in_proj.weight}. The shape follows the new weights.
     */
    Layer map(BiFunction<String, Weight, Weight> change);
}
