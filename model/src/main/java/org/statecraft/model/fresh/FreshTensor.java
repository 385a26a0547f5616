package org.statecraft.model.fresh;

import java.util.SplittableRandom;
import org.statecraft.model.fresh.FreshModel.Bounds;

/** A parameter before it is trained. */
record FreshTensor(String name, Draw draw, long... shape) {
    /** {@code time_step_floor} of configurations. */
    static final double SMALLEST_STEP = 1e-4;

    /** The same parameter under a longer name. */
    FreshTensor under(String prefix) {
        return new FreshTensor(prefix + name, draw, shape);
    }

    /** Initial values, one after the other in row-major order. */
    @FunctionalInterface
    interface Draw {
        /** The value with this index. */
        double next(long index, SplittableRandom random);
    }

    static Draw constant(double value) {
        return (index, random) -> value;
    }

    /** Normal around 0. */
    static Draw normal(double deviation) {
        return (index, random) -> deviation * random.nextGaussian();
    }

    /** Uniform within {@code ±scale/√inputs}: what linear layers and convolutions of PyTorch start from. */
    static Draw uniform(long inputs, double scale) {
        double bound = scale / Math.sqrt((double) inputs);
        return (index, random) -> bound * (2 * random.nextDouble() - 1);
    }

    /** {@code log(n + 1)} for each state column n, the same in every row: {@code A = -1, -2, ...}. */
    static Draw logOfColumn(int columns) {
        return (index, random) -> StrictMath.log(index % columns + 1.0);
    }

    /** The logarithm of a value that is uniform between two bounds. */
    static Draw logOfUniform(Bounds bounds) {
        double range = bounds.high() - bounds.low();
        return (index, random) -> StrictMath.log(bounds.low() + range * random.nextDouble());
    }

    /** The bias at which softplus gives a step size between two bounds, uniform in its logarithm. */
    static Draw stepBias(Bounds bounds) {
        double from = StrictMath.log(bounds.low());
        double range = StrictMath.log(bounds.high()) - from;
        return (index, random) -> {
            double step = Math.max(StrictMath.exp(from + range * random.nextDouble()), SMALLEST_STEP);
            return step + StrictMath.log(-StrictMath.expm1(-step));
        };
    }
}
