package org.statecraft.model.fresh;

import java.util.List;
import java.util.Map;

/** The sizes of a model that is to be made, from which its configuration and its parameters follow. */
public sealed interface FreshModel permits FreshMamba1, FreshMamba2 {

    /** Rows of the embedding, and of the head. */
    int vocabulary();

    int layers();

    int hiddenSize();

    /** Whether the head is the embedding. */
    boolean tiedEmbeddings();

    /** What the configuration says of this architecture, under the keys of the Hugging Face layout. */
    Map<String, Object> ownConfig();

    /** The parameters of one layer in a fixed order; names are those behind the layer's prefix. */
    List<FreshTensor> layerTensors();
}
