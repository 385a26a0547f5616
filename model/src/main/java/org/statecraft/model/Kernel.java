package org.statecraft.model;

/** A way to compute layers. It knows no tuning or compression method. */
public interface Kernel {

    /** The name under which summaries say what ran. */
    String name();

    /** The layer ready to run: what can be prepared once is prepared here. */
    Mixer mixer(Layer layer);

    /** Decodes from a carried state, which is copied; rows of the batch are those of the state. */
    default Decoder decoder(LanguageModel model, ModelState start) {
        return new ForwardDecoder(model, start);
    }
}
