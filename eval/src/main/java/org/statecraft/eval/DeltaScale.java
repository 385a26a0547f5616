package org.statecraft.eval;

import java.util.function.UnaryOperator;
import org.statecraft.model.Adapter;
import org.statecraft.model.Constants;
import org.statecraft.model.Front;
import org.statecraft.model.InputException;

/**
 * Multiplies every step size Δ with one factor, as if the same signal had been sampled at another rate: decay becomes
 * {@code exp(factor·Δ·A)} and input {@code factor·Δ·B·x}, for a whole text and for one token alike. Padding, whose Δ is 0, stays
 * padding. A score that survives does not hang on the rate that the model was trained at.
 *
 * @param factor above 0; 1 changes nothing, but leave the operator out then, so that the model is run as it always is
 */
public record DeltaScale(double factor) implements Adapter {
    public DeltaScale {
        if (!(factor > 0) || factor == Double.POSITIVE_INFINITY) {
            throw new InputException("delta-scale is " + factor + "; expected a number above 0");
        }
    }

    @Override
    public UnaryOperator<Front> beforeScan(int layer) {
        return front -> new Front(
                front.z(),
                front.x(),
                front.B(),
                front.C(),
                front.delta().mul(Constants.scalar(front.delta().getManager(), factor)),
                front.convWindow());
    }
}
