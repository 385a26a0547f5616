package org.statecraft.peft.bottleneck;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import java.util.List;
import java.util.function.UnaryOperator;
import org.statecraft.peft.Axis;
import org.statecraft.peft.Initial;
import org.statecraft.peft.StateReadOut;
import org.statecraft.peft.Target;
import org.statecraft.peft.TensorSpec;
import org.statecraft.peft.Tensors;

/**
 * {@code v ← v + Up·act(Down·v + down) + up}, in front of one projection.
 *
 * @param down {@code [rank, in]}
 * @param downBias {@code [rank]}
 * @param up {@code [in, rank]}
 * @param upBias {@code [in]}
 */
record BottleneckNetwork(
        BottleneckConfig.Activation activation, NDArray down, NDArray downBias, NDArray up, NDArray upBias)
        implements UnaryOperator<NDArray> {
    static final String DOWN = "bottleneck_down.";
    static final String UP = "bottleneck_up.";
    static final String WEIGHT = "weight";
    static final String BIAS = "bias";

    /** Four tensors; those of {@code Up} start at 0. */
    static List<TensorSpec> specs(Target target, int rank) {
        Axis in = target.axes().get(1);
        long width = target.columns();
        return List.of(
                new TensorSpec(
                        target.key(DOWN + WEIGHT),
                        new Shape(rank, width),
                        List.of(Axis.OWN, in),
                        Initial.kaimingUniform()),
                new TensorSpec(target.key(DOWN + BIAS), new Shape(rank), List.of(Axis.OWN), Initial.zeros()),
                new TensorSpec(target.key(UP + WEIGHT), new Shape(width, rank), List.of(in, Axis.OWN), Initial.zeros()),
                new TensorSpec(target.key(UP + BIAS), new Shape(width), List.of(in), Initial.zeros()));
    }

    static BottleneckNetwork of(BottleneckConfig.Activation activation, Tensors tensors, Target target) {
        return new BottleneckNetwork(
                activation,
                tensors.get(target.key(DOWN + WEIGHT)),
                tensors.get(target.key(DOWN + BIAS)),
                tensors.get(target.key(UP + WEIGHT)),
                tensors.get(target.key(UP + BIAS)));
    }

    @Override
    public NDArray apply(NDArray v) {
        NDManager scope = v.getManager();
        NDArray narrow = v.matMul(transposed(scope, down)).add(downBias);
        return v.add(act(narrow).matMul(transposed(scope, up)).add(upBias));
    }

    private NDArray act(NDArray x) {
        return switch (activation) {
            // not DJL's swish, whose factor is a number of the JVM
            case SILU -> x.mul(Activation.sigmoid(x));
            case RELU -> Activation.relu(x);
            case NONE -> x;
        };
    }

    private static NDArray transposed(NDManager scope, NDArray matrix) {
        return StateReadOut.view(scope, matrix, matrix.getShape()).transpose();
    }
}
