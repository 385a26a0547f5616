package org.statecraft.peft.mixed;

import ai.djl.ndarray.NDArray;
import org.statecraft.model.Adapter;
import org.statecraft.model.Front;
import org.statecraft.model.InputException;
import org.statecraft.model.Layer;

/**
 * Offsets of its own for each row of a batch: {@code y[b,t,h,p] += Σ_n C[b,t,g(h),n]·H'[b,h,p,n] + y'[b,h,p]}.
 *
 * @param states {@code [batch, groups, dInner/groups, state]}
 * @param outputs {@code [batch, 1, heads, headDim]}
 */
record RowOffsets(NDArray states, NDArray outputs) implements Adapter.ReadOut {

    @Override
    public NDArray apply(NDArray y, Front front, Layer layer) {
        if (y.getShape().get(0) != states.getShape().get(0)) {
            throw new InputException("a batch of " + y.getShape().get(0) + " rows with adapters for "
                    + states.getShape().get(0) + "; use forRows for those that are left");
        }
        // [batch, groups, length, state] by [batch, groups, state, dInner/groups]
        NDArray read = front.C().swapAxes(1, 2).matMul(view(y, states).swapAxes(2, 3));
        return y.add(read.swapAxes(1, 2).reshape(y.getShape())).add(outputs);
    }

    private static NDArray view(NDArray beside, NDArray array) {
        NDArray view = array.reshape(array.getShape());
        view.attach(beside.getManager());
        return view;
    }
}
