package org.statecraft.peft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Checkpoint;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.MatrixFormat;
import org.statecraft.model.MergedModel;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.additionalscan.AdditionalScan;
import org.statecraft.peft.additionalscan.AdditionalScanConfig;
import org.statecraft.peft.bitfit.BitFit;
import org.statecraft.peft.bitfit.BitFitConfig;
import org.statecraft.peft.full.Full;
import org.statecraft.peft.full.FullConfig;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.testing.RandomValues;

/** A merged model, loaded from disk without its adapter, is the model with the adapter. */
class MergeTest {
    @TempDir
    Path folder;

    private static NDArray logits(LanguageModel model, NDArray ids) {
        return model.logits(model.forward(ids).hidden());
    }

    private static Path merged(ModelCase base, TunableAdapter adapter, Path target) {
        RandomValues.nudge(adapter, 0.2, 3);
        MergedModel.write(base.model().with(adapter), base.folder(), target, nothing -> {});
        return target;
    }

    @Test
    void theConfigurationKeepsItsKeysAndTheHeadStaysTied() {
        for (String name : List.of("mamba1-tiny", "mamba2-tiny-g2")) {
            try (ModelCase base = ModelCase.open(name);
                    TunableAdapter wider =
                            AdditionalScan.create(base.model(), new AdditionalScanConfig(3, LayerRange.ALL), 1)) {
                Path target = merged(base, wider, folder.resolve(name));
                JsonNode before = Fixtures.json(base.folder().resolve("config.json"));
                JsonNode after = Fixtures.json(target.resolve("config.json"));
                List<String> changed = new ArrayList<>();
                before.fieldNames().forEachRemaining(key -> {
                    if (!before.get(key).equals(after.get(key))) {
                        changed.add(key);
                    }
                });
                assertEquals(List.of("state_size"), changed);
                assertEquals(before.size(), after.size());
                assertEquals(
                        before.get("state_size").asInt() + 3,
                        after.get("state_size").asInt());
                try (Checkpoint source = Checkpoint.open(base.folder());
                        Checkpoint checkpoint = Checkpoint.open(target)) {
                    assertEquals(source.tied(), checkpoint.tied());
                    assertEquals(source.unusual(), checkpoint.unusual());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba1-tiny-ss", "mamba2-tiny-g1-ss", "mamba2-tiny-g1-bf16", "mamba2-tiny-g1-sharded"})
    void otherLayoutsAndTypesMergeToo(String name) {
        try (ModelCase base = ModelCase.open(name);
                TunableAdapter wider =
                        AdditionalScan.create(base.model(), new AdditionalScanConfig(3, LayerRange.ALL), 1)) {
            Path target = merged(base, wider, folder.resolve(name));
            JsonNode config = Fixtures.json(target.resolve("config.json"));
            assertTrue(!config.has("dtype") || config.get("dtype").asText().equals("float32"), config::toPrettyString);
            try (LanguageModel merged = LanguageModel.load(target, base.model().device());
                    Checkpoint source = Checkpoint.open(base.folder());
                    Checkpoint checkpoint = Checkpoint.open(target)) {
                NDArray ids = merged.newScope().create(new long[] {3, 1, 4, 1, 5}, new Shape(1, 5));
                LanguageModel adapted = base.model().with(wider);
                assertClose("logits", logits(adapted, ids), logits(merged, ids), Tolerances.LOGITS);
                assertEquals(source.layout(), checkpoint.layout());
                assertEquals(source.tied(), checkpoint.tied());
            }
        }
    }

    @Test
    void nothingIsPublishedWhereTheWeightsAreNotTheWholeChange() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1");
                StateOffset offset =
                        StateOffset.create(base.model(), StateOffsetConfig.of(StateOffsetConfig.Form.FULL), 1)) {
            Path target = folder.resolve("merged");
            InputException e = assertThrows(InputException.class, () -> merged(base, offset, target));
            assertTrue(e.getMessage().contains("acts elsewhere than in the weights"), e.getMessage());
            assertFalse(Files.exists(target));
        }
    }

    @Test
    void roundedWeightsAreRefused() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            LanguageModel rounded = base.model().with(MatrixFormat.INT8);
            String merge = assertThrows(
                            InputException.class,
                            () -> MergedModel.write(rounded, base.folder(), folder.resolve("m"), nothing -> {}))
                    .getMessage();
            assertTrue(merge.contains("stored as int8") && merge.contains("weights: float32"), merge);
            String full = assertThrows(InputException.class, () -> Full.create(rounded, FullConfig.ALL))
                    .getMessage();
            assertTrue(full.contains("stored as int8") && full.contains("weights: float32"), full);
        }
    }

    @Test
    void twoAdaptersMergeInTheirOrder() {
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                TunableAdapter wider =
                        AdditionalScan.create(base.model(), new AdditionalScanConfig(2, LayerRange.ALL), 1)) {
            RandomValues.nudge(wider, 0.2, 1);
            LanguageModel once = base.model().with(wider);
            try (TunableAdapter second = BitFit.create(once, BitFitConfig.DEFAULT);
                    TunableAdapter both = new Together(List.of(wider, second))) {
                RandomValues.nudge(second, 0.2, 2);
                Path target = folder.resolve("both");
                MergedModel.write(base.model().with(both), base.folder(), target, nothing -> {});
                try (LanguageModel merged =
                        LanguageModel.load(target, base.model().device())) {
                    NDArray ids = base.array("input_ids");
                    assertClose("logits", logits(once.with(second), ids), logits(merged, ids), Tolerances.LOGITS);
                }
            }
        }
    }
}
