package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;

/** Gradients with recomputation are those without, for every parameter and every adapter place. */
class RecomputedGradientTest {
    /** Both ways do the same operations; only sums over several pieces round differently. */
    private static final double RELATIVE = 1e-6;

    record Batch(String name, int rows, int length, boolean padded) {
        @Override
        public String toString() {
            return name;
        }
    }

    record Case(KernelCase kernel, Batch batch) {}

    static List<Case> cases() {
        List<Batch> batches = List.of(
                new Batch("one row", 1, 33, false),
                new Batch("rows that end at different places", 3, 40, true),
                new Batch("several pieces of logits", 1, 1200, false),
                new Batch("segments, a last one of one token, rows that end before", 8, 2 * 256 + 2, true),
                new Batch("segments without padding", 9, 300, false));
        return KernelCase.full().stream()
                .flatMap(kernel -> batches.stream().map(batch -> new Case(kernel, batch)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyGradientIsTheSame(Case c) {
        try (ModelCase golden = c.kernel.open()) {
            NDManager scope = golden.scope();
            Everywhere adapter = new Everywhere(golden.model(), scope);
            LanguageModel model = golden.model().with(adapter);
            Map<String, NDArray> trained = new LinkedHashMap<>(adapter.tensors);
            golden.model().parameters().forEach((name, weight) -> trained.put(name, weight.base()));
            trained.values().forEach(array -> array.setRequiresGradient(true));

            int vocabulary = golden.model().config().vocabSize();
            TokenBatch batch = batch(scope, c.batch, vocabulary);
            NDArray labels = labels(scope, batch);
            double scale = 1.0 / (c.batch.rows * c.batch.length);
            float recorded =
                    LossGradient.recorded(model).add(batch, labels, scale).getFloat();
            Map<String, NDArray> expected = takeGradients(trained, scope);
            float recomputed =
                    LossGradient.recomputed(model).add(batch, labels, scale).getFloat();
            Map<String, NDArray> actual = takeGradients(trained, scope);

            assertEquals(recorded, recomputed, RELATIVE * recorded);
            expected.forEach((name, gradient) -> {
                assertTrue(gradient.abs().max().getFloat() > 0, () -> name + " takes part");
                assertCloseToScale(name, gradient, actual.get(name), RELATIVE);
            });
        }
    }

    /** The rest of the model is frozen, and PyTorch records by default, as it does on new threads. */
    @Test
    void oneReadOutAloneCanBeTrainedOnAnyThread() throws Exception {
        FutureTask<Void> training = new FutureTask<>(RecomputedGradientTest::trainOneReadOut, null);
        new Thread(training, "training").start();
        training.get();
    }

    private static void trainOneReadOut() {
        try (ModelCase golden = ModelCase.open(ModelCase.mamba2Names().get(0))) {
            NDManager scope = golden.scope();
            Everywhere adapter = new Everywhere(golden.model(), scope);
            LanguageModel model = golden.model().with(adapter);
            NDArray offset = adapter.tensors.get("0.offset");
            offset.setRequiresGradient(true);
            TokenBatch batch = batch(scope, new Batch("", 2, 20, false), 50);
            LossGradient.recorded(model).add(batch, batch.ids(), 1);
            NDArray expected = takeGradients(Map.of("offset", offset), scope).get("offset");
            LossGradient.recomputed(model).add(batch, batch.ids(), 1);
            assertCloseToScale("offset", expected, offset.getGradient(), RELATIVE);
        }
    }

    private static TokenBatch batch(NDManager scope, Batch batch, int vocabulary) {
        Random random = new Random(5);
        List<int[]> rows = new ArrayList<>();
        for (int r = 0; r < batch.rows; r++) {
            int length = batch.padded && r > 0 ? batch.length * r / batch.rows : batch.length;
            rows.add(random.ints(length, 0, vocabulary).toArray());
        }
        return TokenBatch.padded(scope, rows);
    }

    /** Only real tokens count, and not all of them. */
    private static NDArray labels(NDManager scope, TokenBatch batch) {
        long[] labels = batch.ids().toLongArray();
        int length = (int) batch.ids().getShape().get(1);
        for (int i = 0; i < labels.length; i++) {
            boolean padding = batch.lengths() != null && i % length >= batch.lengths()[i / length];
            if (padding || i % 7 == 3) {
                labels[i] = CrossEntropy.IGNORED;
            }
        }
        return scope.create(labels, batch.ids().getShape());
    }

    static Map<String, NDArray> takeGradients(Map<String, NDArray> trained, NDManager scope) {
        Map<String, NDArray> taken = new LinkedHashMap<>();
        trained.forEach((name, array) -> {
            NDArray gradient = array.getGradient();
            NDArray copy = gradient.duplicate();
            copy.attach(scope);
            taken.put(name, copy);
            gradient.muli(0);
        });
        return taken;
    }

    /** Fills all places: factors on weights in and outside the layers, the start of each layer, read-outs, rows in front. */
    static final class Everywhere implements Adapter {
        private static final int RANK = 2;

        final Map<String, NDArray> tensors = new LinkedHashMap<>();
        private final Random random = new Random(3);
        private final NDManager scope;

        Everywhere(LanguageModel model, NDManager scope) {
            this.scope = scope;
            model.parameters().forEach((name, weight) -> {
                if (weight.base().getShape().dimension() == 2 && !name.endsWith("A_log")) {
                    tensor(name + ".A", RANK, weight.base().getShape().get(1));
                    tensor(name + ".B", weight.base().getShape().get(0), RANK);
                }
            });
            for (int i = 0; i < model.layers().size(); i++) {
                LayerShape shape = model.layers().get(i).shape();
                tensor(i + ".window", shape.convChannels(), shape.convKernel() - 1);
                tensor(i + ".state", shape.heads(), shape.headDim(), shape.state());
                tensor(i + ".virtual", 2, shape.projectionRows());
                tensor(i + ".offset", shape.heads(), shape.headDim());
            }
            tensor("prompt", 3, model.config().hiddenSize());
        }

        private void tensor(String name, long... dimensions) {
            Shape shape = new Shape(dimensions);
            float[] values = new float[(int) shape.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = 0.2f * (float) random.nextGaussian();
            }
            tensors.put(name, Constants.array(scope, values, shape));
        }

        @Override
        public Weight weight(String name, Weight weight) {
            NDArray A = tensors.get(name + ".A");
            return A == null ? weight : weight.with(new WeightChange.LowRank(A, tensors.get(name + ".B"), 0.5f));
        }

        @Override
        public Start start(int layer, NDManager owner) {
            return new Start(
                    tensors.get(layer + ".window"), tensors.get(layer + ".state"), tensors.get(layer + ".virtual"));
        }

        @Override
        public ReadOut readOut(int layer) {
            NDArray offset = tensors.get(layer + ".offset");
            return (y, front, own) -> y.add(
                    front.C().sum(new int[] {-1}, true).sum(new int[] {2}, true).mul(offset));
        }

        @Override
        public NDArray promptRows() {
            return tensors.get("prompt");
        }
    }
}
