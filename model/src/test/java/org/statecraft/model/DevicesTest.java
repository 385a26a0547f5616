package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import ai.djl.engine.Engine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {
    @Test
    void autoIsTheFirstGpuIfThereIsOne() {
        String best = Engine.getInstance().getGpuCount() > 0 ? "cuda:0" : "cpu";
        assertEquals(best, Devices.name(Devices.parse("auto")));
        assertEquals(Device.cpu(), Devices.parse("cpu"));
    }

    @Test
    void aGpuThatIsNotThereIsRefused() {
        InputException failure = assertThrows(InputException.class, () -> Devices.parse("cuda:99"));
        assertEquals(
                "device cuda:99 was asked for, but " + Engine.getInstance().getGpuCount()
                        + " CUDA devices were found; use device: auto or cpu, or see what 'statecraft env' says is missing",
                failure.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda", "cuda:", "cuda:-1", "cuda:99999999999", "CPU"})
    void anUnknownNameIsAnsweredWithTheKnownOnes(String name) {
        InputException failure = assertThrows(InputException.class, () -> Devices.parse(name));
        assertEquals("device '" + name + "' is not known; expected auto, cpu or cuda:N", failure.getMessage());
    }
}
