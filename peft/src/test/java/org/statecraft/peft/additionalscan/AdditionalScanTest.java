package org.statecraft.peft.additionalscan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.Weight;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.Initial;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.testing.RandomValues;

/** The weights of additional-scan against those of a model that was extended by hand. */
class AdditionalScanTest {
    private static final int M = 3;

    private static AdditionalScan open(ModelCase base) {
        AdditionalScan adapter = AdditionalScan.create(base.model(), new AdditionalScanConfig(M, LayerRange.ALL), 1);
        RandomValues.nudge(adapter, 0.2, 1);
        return adapter;
    }

    private static NDArray tensor(AdditionalScan adapter, int layer, String what) {
        return adapter.parameters().get("base_model.model.backbone.layers." + layer + ".mixer.additional_scan." + what);
    }

    private static void assertValue(NDManager scope, LanguageModel model, String name, NDArray... parts) {
        Weight weight = model.parameters().get(name);
        NDArray expected = NDArrays.concat(new NDList(parts), name.endsWith("A_log") ? 1 : 0);
        assertEquals(expected.getShape(), weight.shape(), name);
        assertArrayEquals(expected.toFloatArray(), weight.value(scope).toFloatArray(), name);
    }

    @Test
    void aMamba1LayerIsTheOneExtendedByHand() {
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                AdditionalScan adapter = open(base)) {
            LanguageModel wider = base.model().with(adapter);
            Map<String, Weight> old = base.model().parameters();
            Mamba1Shape s = (Mamba1Shape) base.model().layers().get(0).shape();
            assertEquals(s.state() + M, wider.layers().get(1).shape().state());
            String mixer = "backbone.layers.1.mixer.";
            NDArray xProj = old.get(mixer + "x_proj.weight").base();
            long firstC = s.dtRank() + s.state();
            assertValue(
                    base.scope(),
                    wider,
                    mixer + "A_log",
                    old.get(mixer + "A_log").base(),
                    tensor(adapter, 1, "A_log"));
            assertValue(
                    base.scope(),
                    wider,
                    mixer + "x_proj.weight",
                    xProj.get(":" + firstC),
                    tensor(adapter, 1, "B"),
                    xProj.get(firstC + ":"),
                    tensor(adapter, 1, "C"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba2-tiny-g1", "mamba2-tiny-g2"})
    void aMamba2LayerIsTheOneExtendedByHand(String name) {
        try (ModelCase base = ModelCase.open(name);
                AdditionalScan adapter = open(base)) {
            LanguageModel wider = base.model().with(adapter);
            LayerShape s = base.model().layers().get(0).shape();
            assertEquals(s.state() + M, wider.layers().get(0).shape().state());
            String mixer = "backbone.layers.0.mixer.";
            Map<String, Weight> old = base.model().parameters();
            for (List<String> place : List.of(
                    List.of("in_proj.weight", ""),
                    List.of("conv1d.weight", "_conv"),
                    List.of("conv1d.bias", "_conv_bias"))) {
                NDArray stored = old.get(mixer + place.get(0)).base();
                long from = place.get(0).startsWith("in_proj") ? 2 * s.dInner() : s.dInner();
                NDList parts = new NDList(stored.get(":" + from));
                for (String what : List.of("B", "C")) {
                    for (long g = 0; g < s.groups(); g++) {
                        parts.add(stored.get(from + ":" + (from + s.state())));
                        parts.add(tensor(adapter, 0, what + place.get(1) + (s.groups() == 1 ? "" : "." + g)));
                        from += s.state();
                    }
                }
                if (from < stored.getShape().get(0)) {
                    parts.add(stored.get(from + ":"));
                }
                assertValue(base.scope(), wider, mixer + place.get(0), parts.toArray(new NDArray[0]));
            }
        }
    }

    @Test
    void newColumnsDecayAsTheLastOldOne() {
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                AdditionalScan adapter =
                        AdditionalScan.create(base.model(), new AdditionalScanConfig(M, LayerRange.ALL), 1)) {
            NDArray stored = base.model()
                    .parameters()
                    .get("backbone.layers.1.mixer.A_log")
                    .base();
            NDArray added = tensor(adapter, 1, "A_log");
            for (int i = 0; i < M; i++) {
                assertArrayEquals(
                        stored.get(":, -1").toFloatArray(), added.get(":, " + i).toFloatArray());
            }
        }
    }

    @Test
    void aModelOf130MillionTrains884736Values() {
        Mamba1Shape s = new Mamba1Shape(768, 1536, 16, 48, 4);
        long layer = WiderLayer.mamba1(0, s, 8, Initial.zeros()).insertions().stream()
                .mapToLong(insertion -> insertion.spec().shape().size())
                .sum();
        assertEquals(884_736, 24 * layer);
    }

    @Test
    void someLayersAloneAreNotMerged() {
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                AdditionalScan adapter =
                        AdditionalScan.create(base.model(), new AdditionalScanConfig(M, new LayerRange("0")), 1)) {
            assertEquals(List.of(0), adapter.layers());
            assertEquals(
                    "it acts in some layers only, and a configuration has one state_size for all of them",
                    adapter.whyNotMerged());
        }
        assertThrows(InputException.class, () -> new AdditionalScanConfig(0, LayerRange.ALL));
    }
}
