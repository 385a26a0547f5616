package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertCloseToScale;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.reference.ReferenceKernel;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;

/** Whole models with their matrices in each format, with every kernel. */
class MatrixFormatTest {
    /**
     * Of the largest entry. Activations are rounded to eight significant digits four times in each of two layers; a product with
     * other numbers of rows may round another way.
     */
    private static final double ROUNDING = 2e-2;

    record Case(KernelCase kernel, MatrixFormat format) {
        ModelCase open() {
            return kernel.open();
        }
    }

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (KernelCase kernel : KernelCase.full()) {
            for (MatrixFormat format : MatrixFormat.values()) {
                cases.add(new Case(kernel, format));
            }
        }
        return cases;
    }

    static List<Case> mamba2Cases() {
        return cases().stream()
                .filter(c -> c.kernel().model().startsWith("mamba2"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsTheFloat32ModelOfTheStoredValues(Case c) {
        try (ModelCase golden = c.open()) {
            NDArray ids = golden.array("input_ids");
            LanguageModel model = golden.model().with(c.format());
            LanguageModel values = model.with(new AsFloat32(golden));
            NDArray expected = values.logits(values.forward(ids).hidden());
            NDArray logits = model.logits(model.forward(ids).hidden());
            assertCloseToScale("logits", expected, logits, ROUNDING);
            boolean same = Arrays.equals(golden.array("logits").toFloatArray(), logits.toFloatArray());
            assertTrue(c.format() == MatrixFormat.FLOAT32 || !same, "the format is in use");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void parallelEqualsStepByStep(Case c) {
        try (ModelCase golden = c.open()) {
            LanguageModel model = golden.model().with(c.format());
            NDArray ids = ModelParityTest.columns(golden.array("input_ids"), 0, 24);
            Output whole = model.forward(ids);
            Output part = model.forward(ModelParityTest.columns(ids, 0, 1));
            NDList hidden = new NDList(part.hidden());
            for (long t = 1; t < 24; t++) {
                part = model.forward(TokenBatch.of(ModelParityTest.columns(ids, t, t + 1)), part.state(), null);
                hidden.add(part.hidden());
            }
            assertCloseToScale("hidden", whole.hidden(), NDArrays.concat(hidden, 1), ROUNDING);
            for (int i = 0; i < whole.state().layers().size(); i++) {
                NDArray expected = whole.state().layers().get(i).state();
                assertCloseToScale(
                        "state", expected, part.state().layers().get(i).state(), ROUNDING);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void paddingNeverChangesARow(Case c) {
        try (ModelCase golden = c.open()) {
            LanguageModel model = golden.model().with(c.format());
            int[] ids = Arrays.stream(golden.array("input_ids").toLongArray())
                    .mapToInt(id -> (int) id)
                    .toArray();
            List<int[]> rows = List.of(Arrays.copyOf(ids, 5), Arrays.copyOf(ids, 40), Arrays.copyOf(ids, 1));
            Output batch = model.forward(TokenBatch.padded(golden.scope(), rows), null, null);
            for (int b = 0; b < rows.size(); b++) {
                Output single = model.forward(TokenBatch.padded(golden.scope(), List.of(rows.get(b))), null, null);
                NDIndex real = new NDIndex().addIndices(b).addSliceDim(0, rows.get(b).length);
                assertCloseToScale(
                        "row " + b, single.hidden().get(0), batch.hidden().get(real), ROUNDING);
            }
        }
    }

    /** Step sizes of the first layer see no other matrix than their own rows, which stay float32. */
    @ParameterizedTest
    @MethodSource("mamba2Cases")
    void stepSizesStayExact(Case c) {
        try (ModelCase golden = c.open()) {
            NDArray expected = stepSizes(golden, golden.model());
            NDArray actual = stepSizes(golden, golden.model().with(c.format()));
            assertCloseToScale("step sizes", expected, actual, 1e-6);
        }
    }

    private static NDArray stepSizes(ModelCase golden, LanguageModel model) {
        NDArray[] seen = new NDArray[1];
        model.forward(TokenBatch.of(golden.array("input_ids")), null, (layer, site, value) -> {
            if (layer == 0 && site == Site.DELTA) {
                seen[0] = value.duplicate();
                seen[0].attach(golden.scope());
            }
        });
        return seen[0];
    }

    /** An adapter before a stored matrix learns what it would learn before the values of that matrix. */
    @ParameterizedTest
    @MethodSource("cases")
    void gradientsOfAnAdapterPassThroughEveryMatrix(Case c) {
        try (ModelCase golden = c.open()) {
            LanguageModel model = golden.model().with(c.format());
            NDArray expected = gradient(golden, model.with(new AsFloat32(golden)));
            NDArray actual = gradient(golden, model);
            assertTrue(expected.abs().max().getFloat() > 0);
            assertCloseToScale("gradient", expected, actual, 5 * ROUNDING);
        }
    }

    private static NDArray gradient(ModelCase golden, LanguageModel model) {
        String name = "backbone.layers.0.mixer.in_proj.weight";
        long[] shape = golden.model().parameters().get(name).shape().getShape();
        float[] values = new float[(int) (shape[0] + shape[1])];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i) / 10;
        }
        NDArray all = Constants.array(golden.scope(), values, new Shape(values.length));
        NDArray A = all.get(new NDIndex().addSliceDim(0, shape[1]))
                .reshape(1, shape[1])
                .duplicate();
        NDArray B = all.get(new NDIndex().addSliceDim(shape[1], values.length))
                .reshape(shape[0], 1)
                .duplicate();
        A.setRequiresGradient(true);
        LanguageModel adapted = model.with(new Adapter() {
            @Override
            public Weight weight(String parameter, Weight weight) {
                return parameter.equals(name) ? weight.with(new WeightChange.LowRank(A, B, 1)) : weight;
            }
        });
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            collector.backward(adapted.lossSum(TokenBatch.of(golden.array("input_ids")), golden.array("labels")));
        }
        return A.getGradient();
    }

    @ParameterizedTest
    @EnumSource
    void loadingIntoAFormatEqualsConverting(MatrixFormat format) {
        for (String name : ModelCase.fullNames()) {
            try (ModelCase golden = ModelCase.open(name);
                    LanguageModel loaded = LanguageModel.load(
                            Fixtures.dir("models").resolve(name), Device.cpu(), new ReferenceKernel(), format)) {
                NDArray ids = golden.array("input_ids");
                LanguageModel converted = golden.model().with(format);
                assertEquals(format, loaded.format());
                assertEquals(golden.model().parameterCount(), loaded.parameterCount());
                assertEquals(converted.matrixBytes(), loaded.matrixBytes());
                assertArrayEquals(
                        converted.logits(converted.forward(ids).hidden()).toFloatArray(),
                        loaded.logits(loaded.forward(ids).hidden()).toFloatArray());
            }
        }
    }

    @Test
    void aTiedHeadIsStoredWhileTheLookUpStaysExact() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1")) {
            LanguageModel model = golden.model().with(MatrixFormat.INT4);
            assertEquals(
                    MatrixFormat.FLOAT32,
                    model.parameters().get(Checkpoint.EMBEDDING).format());
            NDArray hidden = golden.array("input_ids").getManager().ones(new Shape(1, 32));
            assertNotEquals(0, distance(golden.model().logits(hidden), model.logits(hidden)));
            assertEquals(golden.model(), golden.model().with(MatrixFormat.FLOAT32));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatChangesTheEmbeddingChangesATiedHead(MatrixFormat format) {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1")) {
            LanguageModel model = golden.model().with(format);
            NDArray A = golden.scope().ones(new Shape(1, 32));
            NDArray B = golden.scope().arange(97f).reshape(97, 1);
            LanguageModel changed = model.with(new Adapter() {
                @Override
                public Weight weight(String name, Weight weight) {
                    return name.equals(Checkpoint.EMBEDDING) ? weight.with(new WeightChange.LowRank(A, B, 1)) : weight;
                }
            });
            NDArray hidden = golden.scope().ones(new Shape(1, 32));
            NDArray added = changed.logits(hidden).sub(model.logits(hidden));
            assertCloseToScale("added", B.transpose().mul(32), added, 1e-5);
        }
    }

    @Test
    void whatIsStoredOtherwiseIsNotConvertedAgain() {
        try (ModelCase golden = ModelCase.open("mamba2-tiny-g1")) {
            LanguageModel model = golden.model().with(MatrixFormat.INT8);
            InputException refused = assertThrows(InputException.class, () -> model.with(MatrixFormat.FLOAT32));
            assertTrue(refused.getMessage().contains("stored as int8"), refused.getMessage());
        }
    }

    /** The values of stored matrices, as float32 matrices. */
    private record AsFloat32(ModelCase golden) implements Adapter {
        @Override
        public Weight weight(String name, Weight weight) {
            return weight.format() == MatrixFormat.FLOAT32 ? weight : Weight.of(weight.value(golden.scope()));
        }
    }
}
