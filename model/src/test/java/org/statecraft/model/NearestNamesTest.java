package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class NearestNamesTest {
    private static final List<String> NAMES = List.of("learning-rate", "length", "steps", "batch", "weight-decay");

    @Test
    void nearestComesFirst() {
        assertEquals(List.of("steps"), NearestNames.to("step", NAMES));
        assertEquals(List.of("ab", "abc", "abd"), NearestNames.to("ab", List.of("abd", "abc", "ab", "xyz", "abe")));
    }

    @Test
    void farNamesAreNotSuggested() {
        assertEquals(List.of(), NearestNames.to("temperature", NAMES));
        assertEquals(List.of(), NearestNames.to("anything", List.of()));
    }
}
