package org.statecraft.peft.stateoffset;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.ModelState;
import org.statecraft.model.Output;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.model.mamba2.Mamba2Shape;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.peft.testing.RandomValues;

/** What holds for state offsets whatever their values are. */
class StateOffsetLawsTest {
    private static final long SEED = 11;

    record Case(String model, StateOffsetConfig config) {}

    static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String model : ModelCase.mamba2Names()) {
            for (Form form : Form.values()) {
                cases.add(new Case(model, config(form)));
            }
        }
        return cases;
    }

    private static StateOffsetConfig config(Form form) {
        return form == Form.LOW_RANK ? StateOffsetConfig.lowRank(3) : StateOffsetConfig.of(form);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void untrainedAdapterChangesNothing(Case c) {
        try (ModelCase base = ModelCase.open(c.model);
                StateOffset adapter = StateOffset.create(base.model(), c.config, SEED)) {
            NDArray ids = base.array("input_ids");
            NDArray plain = base.model().forward(ids).hidden();
            NDArray adapted = base.model().with(adapter).forward(ids).hidden();
            assertArrayEquals(plain.toFloatArray(), adapted.toFloatArray());
            RandomValues.fill(adapter, SEED);
            NDArray changed = base.model().with(adapter).forward(ids).hidden();
            assertTrue(distance(plain, changed) > 1e-2, "but other values do");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void singleStepsEqualTheWholeSequence(Case c) {
        try (ModelCase base = ModelCase.open(c.model);
                StateOffset adapter = StateOffset.create(base.model(), c.config, SEED)) {
            RandomValues.fill(adapter, SEED);
            LanguageModel model = base.model().with(adapter);
            NDArray ids = base.array("input_ids");
            NDArray whole = model.forward(ids).hidden();
            Output output = model.forward(ids.get(":, :3"));
            ModelState state = output.state();
            for (long t = 3; t < ids.getShape().get(1); t++) {
                output = model.forward(TokenBatch.of(ids.get(new NDIndex(":, {}:{}", t, t + 1))), state, null);
                state = output.state();
                NDArray expected = whole.get(new NDIndex(":, {}:{}", t, t + 1));
                assertClose("position " + t, expected, output.hidden(), Tolerances.SITES);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "6"})
    void everyHeadReadsItsOwnGroup(int groups) {
        try (NDManager scope = NDManager.newBaseManager()) {
            int heads = 6;
            int headDim = 2;
            int state = 5;
            int tokens = 2 * 3;
            NDArray y = RandomValues.array(scope, new Shape(2, 3, heads, headDim), 1);
            NDArray C = RandomValues.array(scope, new Shape(2, 3, groups, state), 2);
            NDArray offset = RandomValues.array(scope, new Shape(heads, headDim, state), 3);
            float[] expected = y.toFloatArray();
            float[] c = C.toFloatArray();
            float[] o = offset.toFloatArray();
            for (int t = 0; t < tokens; t++) {
                for (int h = 0; h < heads; h++) {
                    int group = h * groups / heads;
                    for (int p = 0; p < headDim; p++) {
                        for (int n = 0; n < state; n++) {
                            expected[(t * heads + h) * headDim + p] +=
                                    c[(t * groups + group) * state + n] * o[(h * headDim + p) * state + n];
                        }
                    }
                }
            }
            NDArray actual = new StateOffsetLayer.Full(offset).apply(y, C);
            assertClose("y", scope.create(expected, y.getShape()), actual, 1e-5);
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void lowRankWithAllRanksAndHeadSharedAreTheFullForm(int groups) {
        try (NDManager scope = NDManager.newBaseManager()) {
            long heads = 4;
            long headDim = 3;
            long state = 5;
            NDArray y = RandomValues.array(scope, new Shape(2, 3, heads, headDim), 1);
            NDArray C = RandomValues.array(scope, new Shape(2, 3, groups, state), 2);

            NDArray offset = RandomValues.array(scope, new Shape(heads, headDim, state), 3);
            NDArray factored = new StateOffsetLayer.LowRank(
                            offset.reshape(heads * headDim, state), scope.eye((int) state))
                    .apply(y, C);
            assertClose("low-rank", new StateOffsetLayer.Full(offset).apply(y, C), factored, 1e-5);

            NDArray shared = RandomValues.array(scope, new Shape(heads, state), 4);
            NDArray repeated = shared.expandDims(1).broadcast(new Shape(heads, headDim, state));
            assertClose(
                    "head-shared",
                    new StateOffsetLayer.Full(repeated.duplicate()).apply(y, C),
                    new StateOffsetLayer.HeadShared(shared).apply(y, C),
                    1e-5);
        }
    }

    /** With as many ranks as the matrix has rows or columns the factors are the offset itself, however it is reshaped. */
    @ParameterizedTest
    @CsvSource({"1, 2", "1, 3", "1, 12", "2, 2", "2, 6"})
    void reshapedFactorsOfFullRankAreTheFullForm(int groups, int q) {
        try (NDManager scope = NDManager.newBaseManager()) {
            long inner = 12;
            long state = 5;
            NDArray y = RandomValues.array(scope, new Shape(2, 3, 4, 3), 1);
            NDArray C = RandomValues.array(scope, new Shape(2, 3, groups, state), 2);
            NDArray offset = RandomValues.array(scope, new Shape(4, 3, state), 3);
            NDArray u = scope.eye((int) (inner / q));
            NDArray w = offset.reshape(inner / q, state * q);
            NDArray factored = new StateOffsetLayer.LowRank(u, w).apply(y, C);
            assertClose("reshaped", new StateOffsetLayer.Full(offset).apply(y, C), factored, 1e-5);
        }
    }

    @Test
    void formsThatDoNotFitTheModelSayWhy() {
        try (ModelCase mamba1 = ModelCase.open("mamba1-tiny");
                ModelCase grouped = ModelCase.open("mamba2-tiny-g2")) {
            assertRefused(mamba1, StateOffsetConfig.of(Form.HEAD_SHARED), "needs heads, which Mamba-1 does not have");
            assertRefused(
                    mamba1, StateOffsetConfig.lowRank(2).reshaped(5), "layer 0 has 64 channels; expected a divisor");
            assertRefused(grouped, StateOffsetConfig.lowRank(2).reshaped(64), "32 channels in each group");
            assertRefused(grouped, StateOffsetConfig.lowRank(2).in(new LayerRange("9")), "names layer 9");
        }
    }

    private static void assertRefused(ModelCase base, StateOffsetConfig config, String reason) {
        String message = assertThrows(InputException.class, () -> StateOffset.create(base.model(), config, SEED))
                .getMessage();
        assertTrue(message.contains(reason), message);
    }

    /** The numbers of section 2.15 of the reference. */
    @Test
    void sizesOfReleasedModels() {
        Mamba1Shape small = new Mamba1Shape(768, 1536, 16, 48, 4);
        Mamba1Shape large = new Mamba1Shape(2560, 5120, 16, 160, 4);
        Mamba2Shape mamba2 = new Mamba2Shape(2048, 64, 64, 1, 128, 4);
        assertEquals(589_824, 24 * size(StateOffsetConfig.of(Form.FULL), small));
        assertEquals(5_242_880, 64 * size(StateOffsetConfig.of(Form.FULL), large));
        assertEquals(25_165_824, 48 * size(StateOffsetConfig.of(Form.FULL), mamba2));
        assertEquals(148_992, 24 * size(StateOffsetConfig.lowRank(4), small));
        assertEquals(811_008, 48 * size(StateOffsetConfig.lowRank(4), mamba2));
        assertEquals(36_864, 24 * size(StateOffsetConfig.of(Form.OUTPUT), small));
        assertEquals(327_680, 64 * size(StateOffsetConfig.of(Form.OUTPUT), large));
        assertEquals(4 * (1536 / 8 + 16 * 8), size(StateOffsetConfig.lowRank(4).reshaped(8), small));
    }

    private static long size(StateOffsetConfig config, LayerShape shape) {
        return StateOffsetLayer.specs(config, shape, 0).stream()
                .mapToLong(spec -> spec.shape().size())
                .sum();
    }

    @Test
    void initialFactorDependsOnTheSeedOnly() {
        try (ModelCase base = ModelCase.open(ModelCase.mamba2Names().get(0))) {
            StateOffsetConfig config = StateOffsetConfig.lowRank(3);
            base.scope().getEngine().setRandomSeed(1);
            List<float[]> first = factors(StateOffset.create(base.model(), config, SEED));
            base.scope().getEngine().setRandomSeed(2);
            List<float[]> again = factors(StateOffset.create(base.model(), config, SEED));
            List<float[]> other = factors(StateOffset.create(base.model(), config, SEED + 1));
            double bound =
                    1 / Math.sqrt((double) base.model().layers().get(0).shape().state());
            for (int i = 0; i < first.size(); i++) {
                assertArrayEquals(first.get(i), again.get(i));
                assertFalse(Arrays.equals(first.get(i), other.get(i)));
                for (float value : first.get(i)) {
                    assertTrue(Math.abs(value) <= bound);
                }
            }
            assertFalse(Arrays.equals(first.get(0), first.get(1)), "layers differ");
        }
    }

    private static List<float[]> factors(StateOffset adapter) {
        return adapter.parameters().entrySet().stream()
                .filter(parameter -> parameter.getKey().endsWith("_w"))
                .map(parameter -> parameter.getValue().toFloatArray())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void sizesFollowTheFormulas(Form form) {
        Mamba2Shape s = new Mamba2Shape(768, 24, 64, 1, 128, 4);
        long size =
                StateOffsetLayer.specs(form == Form.LOW_RANK ? StateOffsetConfig.lowRank(4) : config(form), s, 0)
                        .stream()
                        .mapToLong(spec -> spec.shape().size())
                        .sum();
        long expected = Map.of(
                        Form.FULL, 1536L * 128,
                        Form.LOW_RANK, 4L * (1536 + 128),
                        Form.HEAD_SHARED, 24L * 128,
                        Form.OUTPUT, 1536L)
                .get(form);
        assertEquals(expected, size);
    }

    @Test
    void rankBelongsToTheLowRankFormOnly() {
        assertThrows(InputException.class, () -> StateOffsetConfig.lowRank(0));
        assertThrows(InputException.class, () -> new StateOffsetConfig(Form.FULL, 2, 1, LayerRange.ALL));
        assertEquals("head-shared", Form.HEAD_SHARED.toString());
    }

    @Test
    void carriedStateDoesNotKnowTheOffsetOfItsOwnLayer() {
        try (ModelCase base = ModelCase.open(ModelCase.mamba2Names().get(0));
                StateOffset adapter = StateOffset.create(base.model(), StateOffsetConfig.of(Form.FULL), SEED)) {
            RandomValues.fill(adapter, SEED);
            NDArray ids = base.array("input_ids");
            NDArray plain = base.model().forward(ids).state().layers().get(0).state();
            NDArray adapted = base.model()
                    .with(adapter)
                    .forward(ids)
                    .state()
                    .layers()
                    .get(0)
                    .state();
            assertArrayEquals(plain.toFloatArray(), adapted.toFloatArray());
        }
    }
}
