package org.statecraft.eval;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.Adapter;
import org.statecraft.model.Decoder;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Output;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;

/** Step sizes times a factor, against what they must amount to. */
class DeltaScaleTest {
    private static final double FACTOR = 0.8;

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    /**
     * A state that decays with {@code exp(factor·Δ·A)} and takes in {@code factor·Δ·B·x}, built elsewhere: A_log is raised by the
     * logarithm of the factor, and the state, which is linear in what it takes in, is multiplied at its read-out.
     */
    private record Elsewhere(double factor) implements Adapter {
        @Override
        public Weight weight(String name, Weight weight) {
            NDArray base = weight.base();
            return name.endsWith("A_log")
                    ? weight.with(
                            new WeightChange.Added(base.getManager().full(base.getShape(), (float) Math.log(factor))))
                    : weight;
        }

        @Override
        public ReadOut readOut(int layer) {
            return (y, front, own) -> {
                Shape heads = y.getShape().slice(2);
                NDArray d = own.D().value(y.getManager());
                NDArray skip = front.x().mul(d.reshape(d.size() == heads.get(0) ? new Shape(heads.get(0), 1) : heads));
                return y.sub(skip).mul(factor).add(skip);
            };
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void scaledStepsAreScaledDecaysAndInputs(KernelCase c) {
        try (ModelCase base = c.open()) {
            NDArray ids = base.array("input_ids");
            NDArray expected = hidden(base.model().with(new Elsewhere(FACTOR)), ids);
            NDArray actual = hidden(base.model().with(new DeltaScale(FACTOR)), ids);
            assertClose("hidden", expected, actual, Tolerances.SITES);
            assertTrue(distance(hidden(base.model(), ids), actual) > 1e-2, "and the factor has an effect");
        }
    }

    private static NDArray hidden(LanguageModel model, NDArray ids) {
        return model.forward(ids).hidden();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodingScalesEveryStepToo(KernelCase c) {
        try (ModelCase base = c.open()) {
            LanguageModel scaled = base.model().with(new DeltaScale(FACTOR));
            NDArray ids = base.array("input_ids");
            NDArray whole = scaled.logits(hidden(scaled, ids));
            Output prefix = scaled.forward(ids.get(":, :5"));
            try (Decoder decoder = scaled.decoder(prefix.state())) {
                for (int t = 5; t < 9; t++) {
                    long[] column = ids.get(new NDIndex(":, {}", t)).toLongArray();
                    int[] tokens =
                            Arrays.stream(column).mapToInt(id -> (int) id).toArray();
                    NDArray expected = whole.get(new NDIndex(":, {}", t));
                    assertClose("position " + t, expected, decoder.step(tokens), Tolerances.LOGITS);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void paddingStaysPadding(KernelCase c) {
        try (ModelCase base = c.open()) {
            LanguageModel scaled = base.model().with(new DeltaScale(FACTOR));
            int[] row =
                    base.array("input_ids").get(0).toType(DataType.INT32, false).toIntArray();
            TokenBatch padded = TokenBatch.padded(base.scope(), List.of(Arrays.copyOf(row, 4), row));
            TokenBatch alone = TokenBatch.padded(base.scope(), List.of(Arrays.copyOf(row, 4)));
            NDArray state =
                    scaled.forward(padded, null, null).state().layers().get(0).state();
            NDArray expected =
                    scaled.forward(alone, null, null).state().layers().get(0).state();
            assertClose("state", expected, state.get(":1"), Tolerances.STATES);
        }
    }

    @Test
    void factorIsPositive() {
        for (double factor : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThrows(InputException.class, () -> new DeltaScale(factor));
        }
    }
}
