package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class KernelsTest {
    @Test
    void everyKernelIsFoundByTheNameThatItGivesItself() {
        for (String name : Kernels.names()) {
            assertEquals(name, Kernels.named(name).name());
        }
        assertEquals(Kernels.names().get(0), Kernels.named("auto").name());
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        InputException failure = assertThrows(InputException.class, () -> Kernels.named("magic"));
        assertEquals(
                "kernel 'magic' is not known; expected auto or " + String.join(" or ", Kernels.names()),
                failure.getMessage());
    }
}
