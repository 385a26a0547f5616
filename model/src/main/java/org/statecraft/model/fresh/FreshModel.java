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

    /** Between which step sizes start, uniform in their logarithm. */
    Bounds stepSizes();

    /** What the configuration says of this architecture, under the keys of the Hugging Face layout. */
    Map<String, Object> ownConfig();

    /** The parameters of one layer in a fixed order; names are those behind the layer's prefix. */
    List<FreshTensor> layerTensors();

    /** Two values between which others are drawn. */
    record Bounds(double low, double high) {
        /** The published step sizes. */
        public static final Bounds STEP_SIZES = new Bounds(1e-3, 0.1);

        /** The published {@code -A} of a head of Mamba-2. */
        public static final Bounds DECAYS = new Bounds(1, 16);

        public Bounds {
            if (!(low > 0 && high >= low)) {
                throw new IllegalArgumentException("nothing to draw between " + low + " and " + high);
            }
        }
    }
}
