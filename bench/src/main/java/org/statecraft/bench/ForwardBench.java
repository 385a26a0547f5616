package org.statecraft.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.mamba2.Mamba2Layer;

/** A forward pass of the layers against their two projections alone. */
final class ForwardBench {
    private ForwardBench() {}

    static Pairs run(LanguageModel model, long batch, long length, int repetitions) {
        try (NDManager scope = model.newScope()) {
            Shape shape = new Shape(batch, length);
            NDArray ids = scope.randomInteger(0, BenchShape.VOCABULARY, shape, DataType.INT64);
            NDArray narrow = scope.randomNormal(shape.add(model.config().hiddenSize()));
            NDArray wide =
                    scope.randomNormal(shape.add(model.layers().get(0).shape().dInner()));
            return Pairs.measure(repetitions, () -> forward(model, ids), () -> projections(model, narrow, wide));
        }
    }

    private static void forward(LanguageModel model, NDArray ids) {
        try (NDManager scope = ids.getManager().newSubManager()) {
            NDArray input = ids.duplicate();
            input.attach(scope);
            model.forward(input);
        }
    }

    private static void projections(LanguageModel model, NDArray narrow, NDArray wide) {
        try (NDManager scope = narrow.getManager().newSubManager()) {
            for (Layer any : model.layers()) {
                Mamba2Layer layer = (Mamba2Layer) any;
                narrow.matMul(layer.inProj().value(scope).transpose()).close();
                wide.matMul(layer.outProj().value(scope).transpose()).close();
            }
        }
    }
}
