package org.statecraft.model;

import java.util.List;

/** What the configuration of any architecture says. */
public interface ModelConfig {
    /** The name that people know it by, such as {@code Mamba-2}. */
    String architecture();

    /** Number of tokens. */
    int vocabSize();

    /** Rows of embedding and head: the tokens, and padding rows that no token uses. */
    int embeddingRows();

    int hiddenSize();

    int numHiddenLayers();

    double layerNormEpsilon();

    boolean tieWordEmbeddings();

    List<Integer> eosTokenIds();

    /** Infers the sizes of a layer from its tensors, and notes every difference from this configuration. */
    LayerShape shape(LayerTensors tensors);

    /** The parameters of a layer. */
    Layer layer(LayerShape shape, LayerWeights weights);

    /** Where a layer's parameters come from. */
    interface LayerWeights {
        /** A parameter by its name behind the layer's prefix. */
        Weight get(String name);

        /** Null where the checkpoint has none. */
        Weight orNull(String name);
    }
}
