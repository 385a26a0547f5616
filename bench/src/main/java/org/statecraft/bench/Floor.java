package org.statecraft.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.mamba2.Mamba2Layer;

/**
 * The matrix products of a model and nothing else, float32: what a pass cannot do without. Convolution, scan, norms and gates
 * do not count.
 */
final class Floor {
    /** A product, in the fastest of the ways that array code can write it on this machine. */
    private interface Product {
        void run(NDManager scope);
    }

    private final NDManager manager;
    private final List<Product> products = new ArrayList<>();

    private Floor(NDManager manager) {
        this.manager = manager;
    }

    /** All matrices of the layers applied to all tokens, the head to the last token of each row. */
    static Floor prefill(LanguageModel model, NDManager manager, long batch, long length) {
        Floor floor = new Floor(manager);
        for (Layer layer : model.layers()) {
            matrices(layer).forEach(matrix -> floor.add(matrix, batch * length));
        }
        floor.add(model.head().base(), batch);
        return floor;
    }

    /** Every matrix once, for one token of each row. */
    static Floor decode(LanguageModel model, NDManager manager, long batch) {
        return prefill(model, manager, batch, 1);
    }

    void run() {
        try (NDManager scope = manager.newSubManager()) {
            products.forEach(product -> product.run(scope));
        }
    }

    private static List<NDArray> matrices(Layer layer) {
        if (layer instanceof Mamba1Layer m) {
            return Stream.of(m.inProj(), m.xProj(), m.dtProj(), m.outProj())
                    .map(weight -> weight.base())
                    .toList();
        }
        Mamba2Layer m = (Mamba2Layer) layer;
        return List.of(m.inProj().base(), m.outProj().base());
    }

    private void add(NDArray matrix, long rows) {
        long width = matrix.getShape().get(1);
        NDArray x = manager.randomNormal(new Shape(rows, width));
        if (rows > 16) {
            products.add(scope -> product(scope, x, matrix.transpose()));
            return;
        }
        NDArray vector = x.get(0);
        NDArray column = x.transpose();
        List<Product> ways = new ArrayList<>(
                List.of(scope -> product(scope, x, matrix.transpose()), scope -> product(scope, matrix, column)));
        if (rows == 1) {
            ways.add(scope -> product(scope, matrix, vector));
        }
        products.add(
                ways.stream().min(Comparator.comparingDouble(this::seconds)).orElseThrow());
    }

    private double seconds(Product way) {
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < 5; i++) {
            try (NDManager scope = manager.newSubManager()) {
                best = Math.min(best, Pairs.seconds(() -> way.run(scope)));
            }
        }
        return best;
    }

    private static void product(NDManager scope, NDArray left, NDArray right) {
        left.matMul(right).close();
    }
}
