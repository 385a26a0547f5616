package org.statecraft.peft;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.statecraft.model.Adapter;

/** A read-out that adds an offset of the state, of the scan output or of both: rows of a batch may then have different ones. */
public interface OffsetReadOut extends Adapter.ReadOut {

    /**
     * The offset of the state, {@code [dInner, state]}, computed in {@code scope}.
     *
     * @return null for none
     */
    NDArray stateOffset(NDManager scope);

    /**
     * The offset of the scan output, {@code [dInner]}, computed in {@code scope}.
     *
     * @return null for none
     */
    NDArray outputOffset(NDManager scope);
}
