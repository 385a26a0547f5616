package org.statecraft.peft.mixed;

import ai.djl.ndarray.NDArray;
import org.statecraft.model.Adapter;
import org.statecraft.model.Front;
import org.statecraft.model.InputException;
import org.statecraft.model.Layer;

/**
 * Offsets of its own for each row of a batch: {@code y[b,t,h,p] += Σ_n C[b,t,g(h),n]·H'[b,h,p,n] + y'[b,h,p]}.
 *
 * @param w {@code [batch, 1, rank, state]} where {@code H'} is a product of two factors; else null
 * @param u {@code [batch, groups, dInner/groups, rank]}, the other factor; else {@code H'} itself, with the state as its rank
 * @param outputs {@code [batch, 1, heads, headDim]}; null for none
 */
record RowOffsets(NDArray w, NDArray u, NDArray outputs) implements Adapter.ReadOut {

    @Override
    public NDArray apply(NDArray y, Front front, Layer layer) {
        if (y.getShape().get(0) != u.getShape().get(0)) {
            throw new InputException("a batch of " + y.getShape().get(0) + " rows with adapters for "
                    + u.getShape().get(0) + "; use forRows for those that are left");
        }
        NDArray C = front.C().swapAxes(1, 2); // [batch, groups, length, state]
        NDArray inner = w == null ? C : C.matMul(view(y, w).swapAxes(2, 3));
        NDArray read = inner.matMul(view(y, u).swapAxes(2, 3));
        // in place: another array of this size costs more than the sum
        NDArray sum = read.swapAxes(1, 2).reshape(y.getShape()).addi(y);
        return outputs == null ? sum : sum.addi(outputs);
    }

    private static NDArray view(NDArray beside, NDArray array) {
        NDArray view = array.reshape(array.getShape());
        view.attach(beside.getManager());
        return view;
    }
}
