package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.statecraft.model.CrossEntropy;
import org.statecraft.model.LossGradient;
import org.statecraft.peft.testing.RandomValues;
import org.statecraft.peft.train.TrainingData.Example;

/** One update: gradient, accumulation, clipping, AdamW. */
class UpdateTest {

    @Test
    void adamWEqualsItsFormulaInDoublePrecision() {
        Setup setup = new Setup();
        setup.weightDecay = 0.1;
        OptimizerConfig config = setup.config().optimizer();
        double rate = 0.02;
        try (NDManager scope = NDManager.newBaseManager()) {
            NDArray a = RandomValues.array(scope, new Shape(2, 3), 1);
            NDArray b = RandomValues.array(scope, new Shape(4), 2);
            Map<String, NDArray> both = new LinkedHashMap<>();
            both.put("a", a);
            both.put("b", b);
            ParameterVector vector = new ParameterVector(both);
            double[] p = new double[10];
            for (int i = 0; i < 10; i++) {
                p[i] = i < 6 ? a.toFloatArray()[i] : b.toFloatArray()[i - 6];
            }
            double[] m = new double[10];
            double[] v = new double[10];
            AdamW optimizer = new AdamW(config, scope, 10);
            for (int t = 1; t <= 5; t++) {
                NDArray gradient = RandomValues.array(scope, new Shape(10), 10 + t);
                float[] g = gradient.toFloatArray();
                for (int i = 0; i < 10; i++) {
                    m[i] = 0.9 * m[i] + 0.1 * g[i];
                    v[i] = 0.99 * v[i] + 0.01 * g[i] * g[i];
                    double mHat = m[i] / (1 - Math.pow(0.9, t));
                    double vHat = v[i] / (1 - Math.pow(0.99, t));
                    p[i] = p[i] - rate * 0.1 * p[i] - rate * mHat / (Math.sqrt(vHat) + 1e-8);
                }
                optimizer.update(vector, gradient, t, rate);
            }
            for (int i = 0; i < 10; i++) {
                assertEquals(p[i], i < 6 ? a.toFloatArray()[i] : b.toFloatArray()[i - 6], 2e-6);
            }
        }
    }

    @Test
    void accumulatedBatchesEqualOneLargeBatch() {
        try (TrainingCase c = new TrainingCase();
                NDManager scope = c.model.newScope()) {
            RandomValues.fill(c.adapter, 9);
            List<Example> rows = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                // masks of different sizes: a mean of means would be wrong
                int[] labels = c.text.example(i).labels().clone();
                Arrays.fill(labels, 1, 1 + 2 * i, CrossEntropy.IGNORED);
                rows.add(new Example(c.text.example(i).ids(), labels));
            }
            GradientStep step =
                    new GradientStep(LossGradient.recorded(c.model.with(c.adapter)), c.vector(), () -> false);
            GradientStep.Result one = step.run(scope, List.of(new Batch(rows, Rows.PACKED)));
            GradientStep.Result four = step.run(
                    scope,
                    rows.stream()
                            .map(row -> new Batch(List.of(row), Rows.PACKED))
                            .toList());
            assertEquals(one.loss(), four.loss(), 1e-5);
            assertEquals(one.norm(), four.norm(), 1e-4 * one.norm());
            assertCloseToScale("gradient", one.gradient(), four.gradient(), 1e-5);
        }
    }

    @Test
    void gradientsDoNotPileUpFromUpdateToUpdate() {
        try (TrainingCase c = new TrainingCase();
                NDManager scope = c.model.newScope()) {
            GradientStep step =
                    new GradientStep(LossGradient.recorded(c.model.with(c.adapter)), c.vector(), () -> false);
            List<Batch> batches = List.of(new Batch(List.of(c.text.example(0)), Rows.PACKED));
            float[] first = step.run(scope, batches).gradient().toFloatArray();
            assertArrayEquals(first, step.run(scope, batches).gradient().toFloatArray());
        }
    }

    @Test
    void clippingScalesTheGradientToItsLargestNorm() {
        Setup setup = new Setup();
        setup.steps = 1;
        setup.warmup = 0;
        setup.weightDecay = 0;
        // with a large epsilon the update depends on the size of the gradient and not only on its signs
        setup.epsilon = 1;
        setup.clip = 0.01;
        try (TrainingCase c = new TrainingCase();
                NDManager scope = c.model.newScope()) {
            List<Example> rows = new ExampleStream(c.text, setup.seed, 1).take(Cursor.START, 2);
            GradientStep.Result result = new GradientStep(
                            LossGradient.recorded(c.model.with(c.adapter)), c.vector(), () -> false)
                    .run(scope, List.of(new Batch(rows, Rows.PACKED)));
            assertTrue(result.norm() > 2 * setup.clip);
            double squares = 0;
            for (float g : result.gradient().toFloatArray()) {
                squares += (double) g * g;
            }
            assertEquals(Math.sqrt(squares), result.norm(), 1e-5 * result.norm());

            NDArray clipped = result.gradient().mul(setup.clip / result.norm());
            NDArray delta = clipped.div(clipped.abs().add(1)).mul(-setup.learningRate);
            Map<String, NDArray> before = c.vector().copy(scope);
            Map<String, NDArray> deltas = c.vector().parts(delta);
            c.trainer(setup).train();
            c.adapter.parameters().forEach((key, parameter) -> {
                NDArray expected = before.get(key).add(deltas.get(key).reshape(parameter.getShape()));
                assertClose(key, expected, parameter, 1e-8);
            });
        }
    }

    @Test
    void batchWithoutALabelThatCountsIsRefused() {
        try (TrainingCase c = new TrainingCase();
                NDManager scope = c.model.newScope()) {
            int[] none = new int[9];
            Arrays.fill(none, CrossEntropy.IGNORED);
            Batch masked = new Batch(List.of(new Example(c.text.example(0).ids(), none)), Rows.PACKED);
            GradientStep step =
                    new GradientStep(LossGradient.recorded(c.model.with(c.adapter)), c.vector(), () -> false);
            assertThrows(TrainingException.class, () -> step.run(scope, List.of(masked)));
        }
    }
}
