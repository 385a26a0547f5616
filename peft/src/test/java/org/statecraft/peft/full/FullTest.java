package org.statecraft.peft.full;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.bitfit.BitFit;
import org.statecraft.peft.bitfit.BitFitConfig;
import org.statecraft.peft.testing.RandomValues;

/** Copies are trained, in their place, and nothing else. */
class FullTest {
    private static FullConfig config(String... targets) {
        return new FullConfig(List.of(targets), LayerRange.ALL);
    }

    private static Map<String, float[]> values(LanguageModel model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        try (NDManager scope = model.newScope()) {
            model.parameters()
                    .forEach((name, weight) ->
                            values.put(name, weight.value(scope).toFloatArray()));
        }
        return values;
    }

    @Test
    void trainingCopiesLeavesTheBaseModelAsItIs() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1");
                Full full = Full.create(base.model(), FullConfig.ALL)) {
            Map<String, float[]> before = values(base.model());
            assertEquals(base.model().parameterCount(), full.parameterCount());
            RandomValues.nudge(full, 0.2, 1);
            values(base.model()).forEach((name, value) -> assertArrayEquals(before.get(name), value, name));
            values(base.model().with(full))
                    .forEach((name, value) -> assertFalse(Arrays.equals(before.get(name), value), name));
        }
    }

    @Test
    void aTiedHeadIsTheTrainedEmbedding() {
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                Full full = Full.create(base.model(), config("embeddings"))) {
            LanguageModel model = base.model().with(full);
            assertFalse(model.parameters().containsKey("lm_head.weight"), "the fixture is tied");
            NDArray trained = full.parameters().get("base_model.model.backbone.embeddings.weight");
            assertSame(trained, model.embedding().base());
            assertSame(trained, model.head().base());
        }
    }

    @Test
    void slicesChangeTheirOwnRowsOnly() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g2");
                Full full = Full.create(base.model(), config("C", "x"))) {
            RandomValues.nudge(full, 0.2, 1);
            long inner = base.model().layers().get(0).shape().dInner();
            long columns = base.model().layers().get(0).shape().groups()
                    * base.model().layers().get(0).shape().state();
            long width = base.model().config().hiddenSize();
            Map<String, float[]> before = values(base.model());
            values(base.model().with(full)).forEach((name, after) -> {
                for (int i = 0; i < after.length; i++) {
                    long row = i / width;
                    boolean own = name.endsWith("in_proj.weight")
                            && ((row >= inner && row < 2 * inner)
                                    || (row >= 2 * inner + columns && row < 2 * inner + 2 * columns));
                    if (!own) {
                        assertEquals(before.get(name)[i], after[i], name);
                    }
                }
            });
        }
    }

    @Test
    void whatOthersChangedStaysOnTop() {
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                BitFit bias = BitFit.create(base.model(), BitFitConfig.DEFAULT)) {
            RandomValues.nudge(bias, 0.2, 1);
            LanguageModel first = base.model().with(bias);
            try (Full full = Full.create(first, FullConfig.ALL)) {
                values(first.with(full))
                        .forEach(
                                (name, value) -> assertArrayEquals(values(first).get(name), value, name));
            }
        }
    }

    @Test
    void contradictoryTargetsAreRefusedByName() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            LanguageModel model = base.model();
            assertTrue(refusal(model, "in_proj", "x").contains("in_proj, x, which overlap in backbone.layers.0"));
            assertTrue(refusal(model, "z", "x", "B", "C", "dt").contains("name that one instead"));
            assertTrue(refusal(model, "A_lgo").contains("did you mean A_log?"));
            assertThrows(InputException.class, () -> new BitFitConfig(List.of("D"), LayerRange.ALL));
        }
    }

    private static String refusal(LanguageModel model, String... targets) {
        return assertThrows(InputException.class, () -> Full.create(model, config(targets)))
                .getMessage();
    }

    @Test
    void partialTuningOfSomeLayersTrainsNothingElse() {
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                Full full = Full.create(base.model(), new FullConfig(List.of(), new LayerRange("1")))) {
            assertEquals(List.of(1), full.layers());
            assertFalse(full.parameters().containsKey("base_model.model.backbone.norm_f.weight"));
            assertEquals(
                    Set.of(
                            "base_model.model.backbone.layers.1.mixer.A_log",
                            "base_model.model.backbone.layers.1.mixer.D",
                            "base_model.model.backbone.layers.1.mixer.dt_proj.bias"),
                    full.undecayed());
        }
    }
}
