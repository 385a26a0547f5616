package org.statecraft.peft.bottleneck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Adapter;
import org.statecraft.model.InputException;
import org.statecraft.model.Kernels;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.bottleneck.BottleneckConfig.Activation;
import org.statecraft.peft.testing.RandomValues;

/** What a bottleneck computes, how large it is and where it cannot be. */
class BottleneckTest {

    @ParameterizedTest
    @EnumSource(Activation.class)
    void networkIsWhatItsFormulaSays(Activation activation) {
        try (NDManager scope = NDManager.newBaseManager()) {
            int in = 5;
            int rank = 3;
            NDArray v = RandomValues.array(scope, new Shape(2, 2, in), 1);
            NDArray down = RandomValues.array(scope, new Shape(rank, in), 2);
            NDArray downBias = RandomValues.array(scope, new Shape(rank), 3);
            NDArray up = RandomValues.array(scope, new Shape(in, rank), 4);
            NDArray upBias = RandomValues.array(scope, new Shape(in), 5);
            float[] expected = v.toFloatArray();
            for (int row = 0; row < 4; row++) {
                float[] old = new float[in];
                System.arraycopy(expected, row * in, old, 0, in);
                for (int i = 0; i < in; i++) {
                    expected[row * in + i] += upBias.toFloatArray()[i];
                    for (int r = 0; r < rank; r++) {
                        float narrow = downBias.toFloatArray()[r];
                        for (int j = 0; j < in; j++) {
                            narrow += down.toFloatArray()[r * in + j] * old[j];
                        }
                        expected[row * in + i] += (float) (up.toFloatArray()[i * rank + r] * act(activation, narrow));
                    }
                }
            }
            NDArray actual = new BottleneckNetwork(activation, down, downBias, up, upBias).apply(v);
            assertClose("v", scope.create(expected, v.getShape()), actual, 1e-5);
        }
    }

    private static float act(Activation activation, float x) {
        return switch (activation) {
            case SILU -> (float) (x / (1 + Math.exp(-x)));
            case RELU -> Math.max(0, x);
            case NONE -> x;
        };
    }

    /** Linear and without biases it is {@code W·(1 + Up·Down)}. */
    @ParameterizedTest
    @ValueSource(strings = {"mamba1-tiny", "mamba2-tiny-g2"})
    void linearBottleneckIsAnotherWeight(String name) {
        for (Kernels kernel : List.of(Kernels.REFERENCE, Kernels.FUSED)) {
            try (ModelCase base = ModelCase.open(name, kernel.make());
                    Bottleneck adapter = Bottleneck.create(
                            base.model(), config(List.of("in_proj", "out_proj"), Activation.NONE), 1)) {
                adapter.parameters().forEach((key, tensor) -> {
                    if (key.endsWith("weight")) {
                        tensor.addi(RandomValues.array(base.scope(), tensor.getShape(), key.hashCode())
                                .mul(0.3));
                    }
                });
                NDArray ids = base.array("input_ids");
                NDArray expected = base.model()
                        .with(new Multiplied(adapter.parameters()))
                        .forward(ids)
                        .hidden();
                NDArray actual = base.model().with(adapter).forward(ids).hidden();
                assertClose("hidden", expected, actual, 1e-4);
            }
        }
    }

    /** {@code W + W·Up·Down} for every weight that has a bottleneck in front. */
    private record Multiplied(Map<String, NDArray> tensors) implements Adapter {
        @Override
        public Weight weight(String name, Weight weight) {
            String prefix = "base_model.model." + name.replaceFirst("weight$", "bottleneck_");
            NDArray up = tensors.get(prefix + "up.weight");
            return up == null
                    ? weight
                    : weight.with(new WeightChange.Added(
                            weight.base().matMul(up).matMul(tensors.get(prefix + "down.weight"))));
        }
    }

    @Test
    void sizesFollowTheFormula() {
        try (ModelCase base = ModelCase.open("mamba1-tiny")) {
            long layers = base.model().layers().size();
            assertEquals(layers * (2 * 64 * 4 + 4 + 64), count(base, "out_proj"));
            assertEquals(layers * (2 * 32 * 4 + 4 + 32), count(base, "in_proj"));
            assertEquals(layers * (2 * 64 * 4 + 4 + 64), count(base, "x_proj"));
            assertEquals(layers * (2 * 2 * 4 + 4 + 2), count(base, "dt_proj"));
        }
    }

    private static long count(ModelCase base, String target) {
        try (Bottleneck adapter = Bottleneck.create(base.model(), config(List.of(target), Activation.SILU), 1)) {
            return adapter.parameterCount();
        }
    }

    @Test
    void targetsThatAreNoLinearMapOrNotInTheModelAreRefused() {
        for (List<String> targets : List.of(List.<String>of(), List.of("conv1d"), List.of("x"))) {
            assertThrows(InputException.class, () -> config(targets, Activation.SILU));
        }
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            BottleneckConfig onMamba1 = config(List.of("x_proj"), Activation.SILU);
            String message = assertThrows(InputException.class, () -> Bottleneck.create(base.model(), onMamba1, 1))
                    .getMessage();
            assertTrue(message.contains("targets x_proj match nothing"), message);
        }
    }

    private static BottleneckConfig config(List<String> targets, Activation activation) {
        return new BottleneckConfig(targets, 4, activation, LayerRange.ALL);
    }
}
