package org.statecraft.peft.stateoffset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.statecraft.model.Adapter;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.peft.testing.RandomValues;
import org.statecraft.peft.train.GradientProbe;
import org.statecraft.peft.train.TextWindows;

/** Offsets go where the loss depends on them. */
class PlacementTest {
    private static final long SEED = 5;

    /** Nothing but one head or channel of one layer reaches the residual stream. */
    private record OnlyOne(int layer, long from, long to) implements Adapter {
        @Override
        public Weight weight(String name, Weight weight) {
            if (!name.endsWith("out_proj.weight")) {
                return weight;
            }
            NDArray delta = weight.base().neg();
            if (name.contains("layers." + layer + ".")) {
                delta.set(new NDIndex(":, {}:{}", from, to), 0);
            }
            return weight.with(new WeightChange.Added(delta));
        }
    }

    private static Map<String, NDArray> gradient(ModelCase base, LanguageModel model) {
        int[] tokens = new Random(SEED).ints(65, 0, 97).toArray();
        try (StateOffset whole = StateOffset.create(model, StateOffsetConfig.of(Form.FULL), 0)) {
            return new GradientProbe(new TextWindows("text", tokens, 8), 2, 3, SEED)
                    .of(base.scope(), model, whole, () -> false);
        }
    }

    @ParameterizedTest
    @CsvSource({"mamba2-tiny-g2, 1, 5, 8, 16", "mamba1-tiny, 0, 17, 1, 8"})
    void theUnitThatMattersIsFoundByItsGradient(String name, int layer, int unit, int width, int state) {
        try (ModelCase base = ModelCase.open(name)) {
            LanguageModel model = base.model().with(new OnlyOne(layer, (long) unit * width, (long) (unit + 1) * width));
            // room for one: the gated norm of Mamba-2 lets other heads of the group matter a little
            Placement placement = Placement.choose(model, gradient(base, model), 4L * width * state);
            assertEquals(Map.of(layer, List.of(unit)), placement.units());
        }
    }

    @Test
    void theChoiceIsRepeatable() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            Placement first = Placement.choose(base.model(), gradient(base, base.model()), 5 * 512);
            Placement second = Placement.choose(base.model(), gradient(base, base.model()), 5 * 512);
            assertEquals(first, second);
            assertEquals(5, first.units().values().stream().mapToInt(List::size).sum());
        }
    }

    @Test
    void unitsAreTakenByScoreUntilTheBudgetIsSpent() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            Map<String, NDArray> gradient = new TreeMap<>();
            for (int layer = 0; layer < 2; layer++) {
                NDArray values = base.scope().zeros(new Shape(8, 8, 16));
                values.set(new NDIndex("2"), layer == 0 ? 0.1f : 0.4f);
                values.set(new NDIndex("6"), layer == 0 ? -0.3f : 0.2f);
                gradient.put("base_model.model.backbone.layers." + layer + ".mixer.state_offset_h", values);
            }
            // one head takes 8·16 values
            assertEquals(
                    Map.of(1, List.of(2)),
                    Placement.choose(base.model(), gradient, 1023).units());
            assertEquals(
                    Map.of(0, List.of(6), 1, List.of(2, 6)),
                    Placement.choose(base.model(), gradient, 3 * 512).units());
            assertEquals(
                    Map.of(0, List.of(2, 6), 1, List.of(2, 6)),
                    Placement.choose(base.model(), gradient, 1 << 20).units(),
                    "what has no gradient is never taken");
            String message = assertThrows(InputException.class, () -> Placement.choose(base.model(), gradient, 511))
                    .getMessage();
            assertTrue(message.contains("one head takes 512 bytes"), message);
        }
    }

    @ParameterizedTest
    @CsvSource({"mamba2-tiny-g2", "mamba1-tiny"})
    void placedOffsetIsTheFullOneWithZerosElsewhere(String name) {
        try (ModelCase base = ModelCase.open(name);
                StateOffset placed = StateOffset.placed(
                        base.model(), new Placement(new TreeMap<>(Map.of(0, List.of(0, 5), 1, List.of(7)))));
                StateOffset full = StateOffset.create(base.model(), StateOffsetConfig.of(Form.FULL), 0)) {
            RandomValues.fill(placed, SEED);
            placed.parameters().forEach((key, values) -> {
                List<Integer> units = placed.covered().get(key);
                for (int i = 0; i < units.size(); i++) {
                    full.parameters().get(key).set(new NDIndex("{}", units.get(i)), values.get(i));
                }
            });
            NDArray ids = base.array("input_ids");
            NDArray expected = base.model().with(full).forward(ids).hidden();
            assertClose(
                    "hidden", expected, base.model().with(placed).forward(ids).hidden(), 1e-5);
        }
    }
}
