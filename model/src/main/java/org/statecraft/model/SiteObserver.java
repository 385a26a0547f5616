package org.statecraft.model;

import ai.djl.ndarray.NDArray;

/** Sees the value at every {@link Site} of every layer during a forward pass. */
@FunctionalInterface
public interface SiteObserver {
    /**
     * Called once for each site of each layer, in order.
     *
     * @param value valid during the call only; keep a copy ({@code duplicate()}) attached to a manager of your own
     */
    void at(int layer, Site site, NDArray value);
}
