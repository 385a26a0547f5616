package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.additionalscan.AdditionalScan;
import org.statecraft.peft.additionalscan.AdditionalScanConfig;
import org.statecraft.peft.full.Full;
import org.statecraft.peft.full.FullConfig;
import org.statecraft.peft.sparse.Selection;
import org.statecraft.peft.sparse.Sparse;
import org.statecraft.peft.sparse.SparseConfig;
import org.statecraft.peft.sparse.SparseWarmup;

/** Training of methods that live in the weights. */
class WeightTrainingTest {
    private static TrainingReport train(ModelCase base, TunableAdapter adapter, Setup setup) {
        TrainingData text = new TextWindows(
                "text", TestData.tokens(89, base.model().config().vocabSize()), 8);
        return new Trainer(base.model(), adapter, text, setup.config()).train();
    }

    private static Map<String, float[]> values(LanguageModel model) {
        Map<String, float[]> values = new HashMap<>();
        try (NDManager scope = model.newScope()) {
            model.parameters()
                    .forEach((name, weight) ->
                            values.put(name, weight.value(scope).toFloatArray()));
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"mamba1-tiny", "mamba2-tiny-g2"})
    void afterAWarmUpOnlyTheSelectedEntriesAreTrained(String name) {
        Setup setup = new Setup();
        setup.steps = 3;
        try (ModelCase base = ModelCase.open(name);
                SparseWarmup warmup = SparseWarmup.create(base.model(), new SparseConfig(0.2, 0.3, LayerRange.ALL))) {
            train(base, warmup, setup);
            Selection selection = warmup.selection();
            try (Sparse sparse = Sparse.create(base.model(), selection)) {
                assertTrue(sparse.parameterCount() < warmup.parameterCount());
                train(base, sparse, setup);
                Map<String, float[]> before = values(base.model());
                long changed = 0;
                for (Map.Entry<String, float[]> after :
                        values(base.model().with(sparse)).entrySet()) {
                    for (int i = 0; i < after.getValue().length; i++) {
                        changed += after.getValue()[i] == before.get(after.getKey())[i] ? 0 : 1;
                    }
                }
                long trained = sparse.parameters().values().stream()
                        .mapToLong(values -> values.neq(0).countNonzero().getLong())
                        .sum();
                assertTrue(trained > 0);
                assertTrue(changed > 0 && changed <= trained, changed + " entries changed, " + trained + " trained");
                assertEquals(selection, sparse.selection());
            }
        }
    }

    @Test
    void fullTuningTrainsTheWholeModelAndAddsNothingToIt() {
        Setup setup = new Setup();
        setup.steps = 3;
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                Full full = Full.create(base.model(), FullConfig.ALL)) {
            TrainingReport report = train(base, full, setup);
            assertEquals(report.totalParameters(), report.trainableParameters());
            Map<String, float[]> before = values(base.model());
            values(base.model().with(full))
                    .forEach((name, value) -> assertFalse(Arrays.equals(before.get(name), value), name));
        }
    }

    /** Before the first update nothing but the rows of C has a gradient, so decay alone moves the others. */
    @Test
    void decayLeavesTheNewColumnsOfALogAlone() {
        Setup setup = new Setup();
        setup.steps = 1;
        setup.warmup = 0;
        setup.weightDecay = 0.5;
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                AdditionalScan adapter =
                        AdditionalScan.create(base.model(), new AdditionalScanConfig(2, LayerRange.ALL), 1)) {
            Map<String, float[]> before = new HashMap<>();
            adapter.parameters().forEach((key, tensor) -> before.put(key, tensor.toFloatArray()));
            train(base, adapter, setup);
            List<String> decays = List.copyOf(adapter.undecayed());
            assertEquals(base.model().layers().size(), decays.size());
            decays.forEach(key -> assertArrayEquals(
                    before.get(key), adapter.parameters().get(key).toFloatArray(), key));
            String rows = decays.get(0).replace("A_log", "B");
            NDArray B = adapter.parameters().get(rows);
            assertEquals(before.get(rows)[0] * (1 - 0.05 * 0.5), B.toFloatArray()[0], 1e-6);
        }
    }
}
