package org.statecraft.peft.slicing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.Together;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.bottleneck.Bottleneck;
import org.statecraft.peft.bottleneck.BottleneckConfig;
import org.statecraft.peft.stateoffset.Placement;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.peft.suffix.Suffix;
import org.statecraft.peft.suffix.SuffixConfig;
import org.statecraft.peft.testing.RandomValues;

/** An adapter on a sliced model is the adapter on the model in which what was removed is 0. */
class AdapterSlicingTest {
    @TempDir
    private Path folder;

    private record Case(String name, String model, LayerSlice slice, Function<LanguageModel, TunableAdapter> create) {
        @Override
        public String toString() {
            return name + " on " + model + ", heads " + slice.heads();
        }
    }

    private static List<Case> cases() {
        List<Integer> heads = List.of(0, 3, 5, 6);
        List<Integer> wide = List.of(1, 2, 4, 7);
        List<Integer> states = List.of(0, 2, 3, 7, 9, 12);
        List<Integer> others = List.of(1, 2, 3, 8, 13, 15);
        List<Case> cases = new ArrayList<>();
        LayerSlice ofHeads = new LayerSlice(heads, Collections.nCopies(4, range(8)), List.of(states, states));
        LayerSlice ofChannels = new LayerSlice(range(8), Collections.nCopies(8, wide), List.of(range(16), range(16)));
        LayerSlice ofStates = new LayerSlice(range(8), Collections.nCopies(8, range(8)), List.of(states, others));
        List<List<Integer>> own = new ArrayList<>(Collections.nCopies(8, wide));
        own.set(2, List.of(0, 3, 5, 6));
        LayerSlice ofOwnChannels = new LayerSlice(range(8), own, List.of(range(16), range(16)));
        LayerSlice ofMamba1 =
                new LayerSlice(List.of(0), List.of(range(64).subList(5, 37)), List.of(List.of(0, 1, 4, 6, 7)));
        methods().forEach((name, create) -> {
            cases.add(new Case(name, "mamba2-tiny-g2", ofHeads, create));
            cases.add(new Case(name, "mamba2-tiny-g2", ofChannels, create));
            cases.add(new Case(name, "mamba2-tiny-g2", ofOwnChannels, create));
            if (!name.contains("low-rank")) {
                cases.add(new Case(name, "mamba2-tiny-g2", ofStates, create));
            }
            if (!name.contains("head-shared")) {
                cases.add(new Case(name, "mamba1-tiny", ofMamba1, create));
            }
        });
        return cases;
    }

    private static Map<String, Function<LanguageModel, TunableAdapter>> methods() {
        Map<String, Function<LanguageModel, TunableAdapter>> methods = new TreeMap<>();
        methods.put("full", model -> StateOffset.create(model, StateOffsetConfig.of(Form.FULL), 1));
        methods.put("low-rank", model -> StateOffset.create(model, StateOffsetConfig.lowRank(3), 1));
        methods.put("head-shared", model -> StateOffset.create(model, StateOffsetConfig.of(Form.HEAD_SHARED), 1));
        methods.put("output", model -> StateOffset.create(model, StateOffsetConfig.of(Form.OUTPUT), 1));
        // in layer 1 everything is removed by some slices
        methods.put(
                "placed",
                model -> StateOffset.placed(
                        model, new Placement(new TreeMap<>(Map.of(0, List.of(3, 4, 6), 1, List.of(2))))));
        methods.put("suffix and bottleneck", AdapterSlicingTest::together);
        return methods;
    }

    private static Together together(LanguageModel model) {
        BottleneckConfig config =
                new BottleneckConfig(List.of("out_proj"), 3, BottleneckConfig.Activation.SILU, LayerRange.ALL);
        return new Together(List.of(
                Suffix.create(model, new SuffixConfig(0, LayerRange.ALL), 1), Bottleneck.create(model, config, 1)));
    }

    private static List<Integer> range(int count) {
        return LayerSlice.range(count);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void slicedAdapterOnSlicedModelIsTheAdapterOnTheMaskedModel(Case c) {
        try (ModelCase base = ModelCase.open(c.model);
                HandSlicing hand = new HandSlicing(base, c.slice, folder);
                LanguageModel masked = LanguageModel.load(hand.masked(), Device.cpu())
                        .with(base.model().kernel());
                LanguageModel sliced = LanguageModel.load(hand.sliced(), Device.cpu())
                        .with(base.model().kernel());
                TunableAdapter adapter = c.create.apply(base.model())) {
            RandomValues.nudge(adapter, 0.5, 7);
            List<LayerSlice> slices = Collections.nCopies(base.model().layers().size(), c.slice);
            try (TunableAdapter follows = AdapterSlicing.slice(adapter, base.model(), slices, sliced)) {
                NDArray ids = base.array("input_ids");
                NDArray expected = logits(masked.with(adapter), ids);
                NDArray actual = logits(sliced.with(follows), ids);
                assertClose("logits", expected, actual, Tolerances.LOGITS);
                assertTrue(distance(logits(masked, ids), expected) > 1e-2, "and the adapter has an effect");
            }
        }
    }

    private static NDArray logits(LanguageModel model, NDArray ids) {
        return model.logits(model.forward(ids).hidden());
    }

    @Test
    void placesFollowByIndex() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g2");
                HandSlicing hand = new HandSlicing(
                        base,
                        LayerSlice.of(base.model().layers().get(0).shape(), List.of(0, 3, 5, 6), range(8), range(16)),
                        folder);
                LanguageModel sliced = LanguageModel.load(hand.sliced(), Device.cpu());
                TunableAdapter adapter = methods().get("placed").apply(base.model())) {
            LayerShape shape = base.model().layers().get(0).shape();
            LayerSlice slice = LayerSlice.of(shape, List.of(0, 3, 5, 6), range(8), range(16));
            List<LayerSlice> slices = Collections.nCopies(base.model().layers().size(), slice);
            try (TunableAdapter follows = AdapterSlicing.slice(adapter, base.model(), slices, sliced)) {
                assertEquals(
                        List.of(List.of(1, 3)), List.copyOf(follows.covered().values()));
                assertEquals(List.of(0), follows.layers());
            }
        }
    }

    @Test
    void whatCannotFollowSaysWhy() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g2");
                TunableAdapter reshaped = StateOffset.create(
                        base.model(), StateOffsetConfig.lowRank(3).reshaped(4), 1);
                TunableAdapter factors = StateOffset.create(base.model(), StateOffsetConfig.lowRank(3), 1)) {
            LayerShape shape = base.model().layers().get(0).shape();
            LayerSlice unequal =
                    new LayerSlice(range(8), Collections.nCopies(8, range(8)), List.of(List.of(0, 1), List.of(0, 2)));
            refused("a reshaped low rank", reshaped, base, LayerSlice.of(shape, range(8), List.of(0, 1), range(16)));
            refused("shared by all of them", factors, base, unequal);
            refused("numbers of heads", factors, base, LayerSlice.of(shape, List.of(0, 1, 4), range(8), range(16)));
            refused("columns of the state", factors, base, LayerSlice.of(shape, range(8), range(8), List.of(3, 16)));
        }
    }

    private static void refused(String reason, TunableAdapter adapter, ModelCase base, LayerSlice slice) {
        List<LayerSlice> slices = Collections.nCopies(base.model().layers().size(), slice);
        String message = assertThrows(
                        InputException.class, () -> AdapterSlicing.slice(adapter, base.model(), slices, base.model()))
                .getMessage();
        assertTrue(message.contains(reason), message);
    }
}
