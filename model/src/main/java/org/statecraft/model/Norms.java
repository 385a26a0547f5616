package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/** Root-mean-square normalisation. */
public final class Norms {
    private Norms() {}

    /** {@code x / √(mean(x²) + ε)} over the last axis; the weight is the caller's. */
    public static NDArray rms(NDArray x, double epsilon) {
        int last = x.getShape().dimension() - 1;
        NDArray meanSquare = x.square().mean(new int[] {last}, true).add(epsilon);
        NDArray scale = meanSquare.pow(Constants.scalar(x.getManager(), -0.5));
        return x.mul(scale);
    }
}
