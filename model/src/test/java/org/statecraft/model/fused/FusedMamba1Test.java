package org.statecraft.model.fused;

import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Front;
import org.statecraft.model.Kernel;
import org.statecraft.model.LayerState;
import org.statecraft.model.Mixer;
import org.statecraft.model.Scan;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.model.mamba1.Mamba1Config;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.model.reference.ReferenceKernel;
import org.statecraft.model.testing.Tolerances;

/** One random layer with every optional part, run by the script and by the reference. */
class FusedMamba1Test {
    private static final int SEED = 5;
    private static final int BATCH = 2;
    private static final int LENGTH = 19;
    private static final int WIDTH = 24;
    private static final int STATE = 6;
    private static final int RANK = 3;
    private static final int TAPS = 4;

    private final NDManager scope = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    private final Map<String, NDArray> tensors = new LinkedHashMap<>();

    @BeforeEach
    void seed() {
        Engine.getInstance().setRandomSeed(SEED);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private NDArray random(double size, long... shape) {
        return scope.randomNormal(new Shape(shape)).mul(size);
    }

    private Weight weight(String name, double size, long... shape) {
        return Weight.of(tensors.computeIfAbsent(name, key -> random(size, shape)));
    }

    private Mamba1Layer layer(int inner, Double rmsEpsilon) {
        return new Mamba1Layer(
                new Mamba1Config(
                        97, 97, WIDTH, 1, inner, STATE, TAPS, RANK, 1e-5, rmsEpsilon, null, null, true, List.of()),
                new Mamba1Shape(WIDTH, inner, STATE, RANK, TAPS),
                weight("norm", 1, WIDTH),
                weight("in_proj", 0.2, 2L * inner, WIDTH),
                weight("in_proj.bias", 0.2, 2L * inner),
                weight("conv", 0.5, inner, 1, TAPS),
                null,
                weight("x_proj", 0.2, RANK + 2 * STATE, inner),
                weight("dt_proj", 0.5, inner, RANK),
                weight("dt_bias", 0.5, inner),
                weight("A_log", 0.5, inner, STATE),
                weight("D", 1, inner),
                weight("out_proj", 0.2, WIDTH, inner),
                weight("out_proj.bias", 0.2, WIDTH));
    }

    private LayerState carried(int inner) {
        return new LayerState(
                tensors.computeIfAbsent("window", key -> random(1, BATCH, inner, TAPS - 1)),
                tensors.computeIfAbsent("state", key -> random(1, BATCH, 1, inner, STATE)));
    }

    /** FalconMamba's epsilon here is so large that it counts. */
    private static Double epsilon(String architecture) {
        return architecture.equals("FalconMamba") ? 1e-2 : null;
    }

    @ParameterizedTest
    @ValueSource(strings = {"Mamba-1", "FalconMamba"})
    void stagesEqualTheReference(String architecture) {
        Mamba1Layer layer = layer(40, epsilon(architecture));
        Mixer expected = new ReferenceKernel(7).mixer(layer);
        Mixer actual = new FusedKernel(7).mixer(layer);
        NDArray residual = random(1, BATCH, LENGTH, WIDTH);
        LayerState from = carried(40);
        int[] lengths = {LENGTH, 5};

        NDArray projected = expected.project(residual);
        assertClose("projected", projected, actual.project(residual), Tolerances.SITES);
        Front front = expected.convolve(projected, from.convWindow(), lengths);
        assertFront(front, actual.convolve(projected, from.convWindow(), lengths));
        Scan scan = expected.scan(front, from.state());
        assertScan(scan, actual.scan(front, from.state()));
        assertScan(expected.scan(front, null), actual.scan(front, null));
        assertClose(
                "back",
                expected.back(scan.y(), front.z()).mixerOut(),
                actual.back(scan.y(), front.z()).mixerOut(),
                Tolerances.SITES);
        assertPass(expected.run(residual, from, lengths), actual.run(residual, from, lengths));
        NDArray token = residual.get(new NDIndex(":, 3:4"));
        assertPass(expected.run(token, from, null), actual.run(token, from, null));
    }

    @Test
    void changedProjectionsRunStageByStageAndEqualTheReference() {
        Mamba1Layer plain = layer(40, epsilon("FalconMamba"));
        for (String changed : List.of("in_proj", "x_proj", "dt_proj", "out_proj")) {
            Mamba1Layer layer = plain.map((name, weight) -> name.equals("mixer." + changed + ".weight")
                    ? weight.with(new WeightChange.LowRank(
                            random(1, 2, weight.shape().get(1)),
                            random(1, weight.shape().get(0), 2),
                            0.1f))
                    : weight);
            NDArray residual = random(1, BATCH, LENGTH, WIDTH);
            int[] lengths = {3, LENGTH};
            assertPass(
                    new ReferenceKernel(7).mixer(layer).run(residual, carried(40), lengths),
                    new FusedKernel(7).mixer(layer).run(residual, carried(40), lengths));
        }
    }

    @Test
    void aPieceOfTheScanIsShorterWhereALayerIsWide() {
        int inner = 4096;
        Mamba1Layer layer = layer(inner, null);
        NDArray residual = random(1, BATCH, LENGTH, WIDTH);
        assertPass(
                new ReferenceKernel(LENGTH).mixer(layer).run(residual, carried(inner), null),
                new FusedKernel(LENGTH).mixer(layer).run(residual, carried(inner), null));
    }

    /** Where one tensor alone is trained, most arguments of a stage require no gradient. */
    @Test
    void gradientOfEachTensorAloneEqualsTheReference() {
        Mamba1Layer layer = layer(40, epsilon("FalconMamba"));
        LayerState from = carried(40);
        NDArray residual = random(1, BATCH, LENGTH, WIDTH);
        for (Map.Entry<String, NDArray> entry : tensors.entrySet()) {
            NDArray tensor = entry.getValue();
            tensor.setRequiresGradient(true);
            NDArray expected = gradient(new ReferenceKernel(7), layer, residual, from, tensor);
            NDArray actual = gradient(new FusedKernel(7), layer, residual, from, tensor);
            tensor.setRequiresGradient(false);
            assertCloseToScale(entry.getKey(), expected, actual, Tolerances.GRADIENT_RELATIVE);
        }
    }

    /** Of a loss that a sequence and a step behind it enter, for the given tensor. */
    private NDArray gradient(Kernel kernel, Mamba1Layer layer, NDArray residual, LayerState from, NDArray tensor) {
        tensor.getGradient().muli(0);
        Mixer mixer = kernel.mixer(layer);
        NDArray token = residual.get(new NDIndex(":, 3:4"));
        try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
            Mixer.Pass pass = mixer.run(residual, from, new int[] {LENGTH, 5});
            Mixer.Pass step = mixer.run(token, pass.state(), null);
            collector.backward(pass.residual()
                    .square()
                    .sum()
                    .add(step.residual().square().sum())
                    .add(step.state().state().square().sum()));
        }
        return tensor.getGradient().duplicate();
    }

    private static void assertFront(Front expected, Front actual) {
        assertClose("z", expected.z(), actual.z(), Tolerances.SITES);
        assertClose("x", expected.x(), actual.x(), Tolerances.SITES);
        assertClose("B", expected.B(), actual.B(), Tolerances.SITES);
        assertClose("C", expected.C(), actual.C(), Tolerances.SITES);
        assertClose("delta", expected.delta(), actual.delta(), Tolerances.SITES);
        assertClose("window", expected.convWindow(), actual.convWindow(), Tolerances.STATES);
    }

    private static void assertScan(Scan expected, Scan actual) {
        assertClose("y", expected.y(), actual.y(), Tolerances.SITES);
        assertClose("state", expected.state(), actual.state(), Tolerances.STATES);
    }

    private static void assertPass(Mixer.Pass expected, Mixer.Pass actual) {
        assertCloseToScale("residual", expected.residual(), actual.residual(), 1e-5);
        assertClose("window", expected.state().convWindow(), actual.state().convWindow(), Tolerances.STATES);
        assertCloseToScale("state", expected.state().state(), actual.state().state(), 1e-5);
    }
}
