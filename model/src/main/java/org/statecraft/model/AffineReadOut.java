package org.statecraft.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * A read-out that is affine in the state and the same for every token: {@code y ← D·x + scale⊙(y − D·x) + C·H' + constant}. As
 * values instead of code it can differ between the rows of a batch, and stand in the one call by which the fused kernel decodes.
 *
 * <p>Each array starts with an axis of the batch, or of 1 for the same in all rows; any array may be null.
 *
 * @param scale {@code [batch, heads, 1]} or {@code [batch, heads, headDim]}
 * @param w {@code [batch, 1, rank, state]} where {@code H' = u·w} is kept as two factors; else null
 * @param u {@code [batch, groups, dInner/groups, rank]}, the other factor; without {@code w} it is {@code H'} itself, with the
 *     state as its rank
 * @param constant {@code [batch, heads, headDim]}
 */
public record AffineReadOut(NDArray scale, NDArray w, NDArray u, NDArray constant) implements Adapter.ReadOut {

    /** An offset without scale and constant. */
    public static AffineReadOut offset(NDArray w, NDArray u) {
        return new AffineReadOut(null, w, u, null);
    }

    @Override
    public NDArray apply(NDArray y, Front front, Layer layer) {
        NDArray changed = y;
        if (scale != null) {
            NDArray more = beside(y, scale).expandDims(1).sub(Constants.scalar(y.getManager(), 1));
            changed = y.add(y.sub(skip(front, layer)).mul(more));
        }
        if (u != null) {
            NDArray C = front.C().swapAxes(1, 2); // [batch, groups, length, state]
            NDArray inner = w == null ? C : C.matMul(beside(y, w).swapAxes(2, 3));
            NDArray read = inner.matMul(beside(y, u).swapAxes(2, 3));
            // in place: another array of this size costs more than the sum
            changed = read.swapAxes(1, 2).reshape(y.getShape()).addi(changed);
        }
        return constant == null ? changed : changed.add(beside(y, constant).expandDims(1));
    }

    /** {@code D·x}, the part of the scan output that no state makes, {@code [batch, length, heads, headDim]}. */
    public static NDArray skip(Front front, Layer layer) {
        NDArray x = front.x();
        Shape heads = x.getShape().slice(2);
        NDArray D = layer.D().value(x.getManager());
        return x.mul(D.size() == heads.get(0) ? D.expandDims(-1) : D.reshape(heads));
    }

    /** A view that belongs to the manager of {@code y}. */
    private static NDArray beside(NDArray y, NDArray own) {
        if (own.getShape().get(0) != 1) {
            Weight.requireRows(y.getShape().get(0), own.getShape().get(0));
        }
        return Weight.in(y.getManager(), own);
    }

    @Override
    public AffineReadOut affine(LayerShape shape, NDManager scope) {
        return this;
    }
}
