package org.statecraft.model.reference;

import org.statecraft.model.Kernel;
import org.statecraft.model.Layer;
import org.statecraft.model.Mixer;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.mamba2.Mamba2Layer;

/** Layers as plain array code that reads like the equations. */
public final class ReferenceKernel implements Kernel {
    /** Near √(headDim·state), where the two kinds of temporaries of the scan of Mamba-2 take equal memory. */
    private static final int DEFAULT_CHUNK = 64;

    private final int chunk;

    public ReferenceKernel() {
        this(DEFAULT_CHUNK);
    }

    /** A kernel with another length of the pieces into which a scan cuts a sequence; results do not depend on it beyond rounding. */
    public ReferenceKernel(int chunk) {
        if (chunk < 1) {
            throw new IllegalArgumentException("chunk length " + chunk + " is not positive");
        }
        this.chunk = chunk;
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public Mixer mixer(Layer layer) {
        if (layer instanceof Mamba1Layer mamba1) {
            return new Mamba1Reference(mamba1, chunk);
        }
        return new Mamba2Reference((Mamba2Layer) layer, chunk);
    }
}
