package org.statecraft.peft.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final int STEPS = 40;

    @ParameterizedTest
    @EnumSource(Schedule.class)
    void warmUpRisesInAStraightLineFromZeroToOne(Schedule schedule) {
        int warmup = 8;
        for (int done = 0; done <= warmup; done++) {
            assertEquals(done / 8.0, schedule.factor(done, STEPS, warmup), 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8})
    void linearFallsInAStraightLineToZero(int warmup) {
        for (int done = warmup; done <= STEPS; done++) {
            double expected = (double) (STEPS - done) / (STEPS - warmup);
            assertEquals(expected, Schedule.LINEAR.factor(done, STEPS, warmup), 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8})
    void cosineFallsAlongHalfAWaveToZero(int warmup) {
        for (int done = warmup; done <= STEPS; done++) {
            double half = Math.cos(Math.PI * (done - warmup) / (STEPS - warmup) / 2);
            assertEquals(half * half, Schedule.COSINE.factor(done, STEPS, warmup), 1e-12);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 8, STEPS})
    void constantStays(int warmup) {
        for (int done = warmup; done <= STEPS; done++) {
            assertEquals(1, Schedule.CONSTANT.factor(done, STEPS, warmup));
        }
    }
}
