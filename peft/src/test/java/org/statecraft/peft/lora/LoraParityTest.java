package org.statecraft.peft.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.statecraft.model.testing.Close.assertClose;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.Kernels;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.testing.AdapterCase;

/** Weights with the adapter folded in, against {@code fixtures/peft}. */
class LoraParityTest {
    @TempDir
    Path folder;

    static List<AdapterCase.Name> cases() {
        return AdapterCase.names().stream()
                .filter(name -> name.method().contains("lora") || name.method().contains("dora"))
                .filter(name -> name.kernel() == Kernels.REFERENCE)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void foldedWeightsEqualTheReference(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder)) {
            List<String> merged = c.goldenKeys().stream()
                    .filter(key -> key.startsWith("merged."))
                    .toList();
            assertEquals(1, merged.size(), merged::toString);
            String weight = merged.get(0).substring("merged.".length());
            NDArray value = c.base()
                    .model()
                    .with(c.adapter())
                    .parameters()
                    .get(weight)
                    .value(c.base().scope());
            assertClose(weight, c.golden(merged.get(0)), value, Tolerances.MERGED_WEIGHT);
        }
    }
}
