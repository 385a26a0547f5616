package org.statecraft.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.Weight;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.mamba2.Mamba2Layer;

/**
 * The matrix products of a model and nothing else, float32: what a pass cannot do without. Convolution, scan, norms and gates
 * do not count.
 */
final class Floor {
    private final NDManager manager;
    /** Each in the fastest of the ways that array code can write it on this machine. */
    private final List<Runnable> products = new ArrayList<>();

    private Floor(NDManager manager) {
        this.manager = manager;
    }

    /** All matrices of the layers applied to all tokens, the head to the last token of each row. */
    static Floor prefill(LanguageModel model, NDManager manager, long batch, long length) {
        return of(model, manager, batch * length, batch);
    }

    /** All matrices of the layers applied to so many tokens, the head to some of them. */
    static Floor of(LanguageModel model, NDManager manager, long tokens, long headRows) {
        Floor floor = new Floor(manager);
        for (Layer layer : model.layers()) {
            matrices(layer).forEach(matrix -> floor.add(matrix, tokens));
        }
        floor.add(model.head().base(), headRows);
        return floor;
    }

    /** Every matrix once, for one token of each row. */
    static Floor decode(LanguageModel model, NDManager manager, long batch) {
        return prefill(model, manager, batch, 1);
    }

    void run() {
        products.forEach(Runnable::run);
    }

    private static List<NDArray> matrices(Layer layer) {
        if (layer instanceof Mamba1Layer m) {
            return Stream.of(m.inProj(), m.xProj(), m.dtProj(), m.outProj())
                    .map(Weight::base)
                    .toList();
        }
        Mamba2Layer m = (Mamba2Layer) layer;
        return List.of(m.inProj().base(), m.outProj().base());
    }

    private void add(NDArray matrix, long rows) {
        NDArray x = manager.randomNormal(new Shape(rows, matrix.getShape().get(1)));
        NDArray turned = matrix.transpose();
        turned.attach(manager);
        List<Runnable> ways = new ArrayList<>();
        ways.add(() -> x.matMul(turned).close());
        if (rows <= 16) {
            NDArray columns = x.transpose();
            ways.add(() -> matrix.matMul(columns).close());
        }
        if (rows == 1) {
            NDArray vector = x.get(0);
            ways.add(() -> matrix.matMul(vector).close());
        }
        products.add(
                ways.size() == 1
                        ? ways.get(0)
                        : ways.stream()
                                .min(Comparator.comparingDouble(Floor::best))
                                .orElseThrow());
    }

    private static double best(Runnable way) {
        return DoubleStream.generate(() -> Pairs.seconds(way)).limit(5).min().orElseThrow();
    }
}
