package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.function.UnaryOperator;

/**
 * What a tuning method may put into a model: the four places of the design, and no other. Every method fills some of them;
 * the defaults leave the model as it is.
 */
public interface Adapter {

    /**
     * Place (a), weights as values.
     *
     * @param name the parameter's name in the Hugging Face layout, such as {@code backbone.layers.3.mixer.in_proj.weight}
     * @return the weight to use instead
     */
    default Weight weight(String name, Weight weight) {
        return weight;
    }

    /** Place (a) for a head that is the embedding's parameter: it follows the embedding. */
    default Weight tiedHead(Weight head) {
        return weight(Checkpoint.EMBEDDING, head);
    }

    /**
     * Place (b), the state boundary: what the layer holds before the first token of a sequence. It is not applied again
     * where a state is carried on.
     *
     * @param scope owns what is computed for this call
     * @return null for the empty state
     */
    default Start start(int layer, NDManager scope) {
        return null;
    }

    /**
     * Place (c), an operator between front and scan: it changes what the scan sees, in shapes that stay.
     *
     * @return null for none
     */
    default UnaryOperator<Front> beforeScan(int layer) {
        return null;
    }

    /**
     * Place (c), an operator between scan and gate.
     *
     * @return null for none
     */
    default ReadOut readOut(int layer) {
        return null;
    }

    /**
     * Place (d), rows before layer 0: {@code [rows, dModel]}, put in front of every new sequence. Outputs at these positions
     * are dropped.
     *
     * @return null for none
     */
    default NDArray promptRows() {
        return null;
    }

    /**
     * What acts on some rows of a batch alone, where others have left it. An adapter that treats all rows alike stays as it is.
     *
     * @param rows places of the remaining rows, in their new order
     */
    default Adapter forRows(int[] rows) {
        return this;
    }

    /**
     * What a layer holds before the first token; each part may be null. Window and state may have a further axis in front: then
     * each row of a batch starts from its own.
     *
     * @param convWindow {@code [channels, convKernel - 1]}, oldest column first
     * @param state {@code [heads, headDim, state]}
     * @param virtualRows {@code [rows, in_proj rows]}: rows that run through convolution and scan once, from the two above, and
     *     leave the window and state that the sequence starts from
     */
    record Start(NDArray convWindow, NDArray state, NDArray virtualRows) {}

    /** Changes the scan output before the gate, for every token, in prefill and in decoding alike. */
    @FunctionalInterface
    interface ReadOut {
        /**
         * The changed scan output.
         *
         * @param y {@code [batch, length, heads, headDim]}, with the skip {@code D·x}
         * @param front what the scan saw; {@code C} is the read-out map
         * @param layer the parameters, other adapters' changes included
         * @return shape of {@code y}
         */
        NDArray apply(NDArray y, Front front, Layer layer);

        /**
         * The same as values.
         *
         * @param shape of the layer
         * @param scope owner of the arrays, some of which may be views of parameters
         * @return null where it is not affine in the state, or not the same for every token
         */
        default AffineReadOut affine(LayerShape shape, NDManager scope) {
            return null;
        }
    }
}
