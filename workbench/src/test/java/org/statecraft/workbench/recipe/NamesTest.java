package org.statecraft.workbench.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    private static final List<String> KEYS = List.of("learning-rate", "steps", "batch", "schedule", "beta1", "beta2");

    @ParameterizedTest
    @ValueSource(strings = {"learning-rte", "learning_rate", "learningRate", "LEARNING-RATE", "laerning-rate"})
    void aSlipOfTheFingerIsRecognized(String written) {
        assertEquals("learning-rate", Names.nearest(written, KEYS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lr", "x", "dropout", "gradient-clipping", ""})
    void anotherWordIsNotTakenForAKey(String written) {
        assertNull(Names.nearest(written, KEYS));
    }

    @Test
    void swappedLettersAreOneSlip() {
        assertEquals("batch", Names.nearest("bacth", List.of("bath-tub", "batch")));
    }
}
