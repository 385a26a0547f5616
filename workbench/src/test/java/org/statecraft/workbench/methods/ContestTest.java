package org.statecraft.workbench.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.statecraft.workbench.methods.Contest.Interval;

/** Scores and intervals over made-up windows. */
class ContestTest {
    private static final int WINDOWS = 60;
    private static final double NATS = 300;

    /** Windows of very different difficulty, the same for everyone, and a little noise of each training. */
    private static double[] training(double advantage, long seed) {
        SplittableRandom difficulty = new SplittableRandom(1);
        SplittableRandom noise = new SplittableRandom(seed);
        return difficulty
                .doubles(WINDOWS, 0.5 * NATS, 1.5 * NATS)
                .map(nats -> nats - advantage + 2 * noise.nextGaussian())
                .toArray();
    }

    private static Contest contest() {
        long[] bytes = new long[WINDOWS];
        Arrays.fill(bytes, 200);
        return new Contest(bytes);
    }

    @Test
    void bitsPerByteFollowTheDefinition() {
        assertEquals(3 / Math.log(2) / 8, new Contest(new long[] {3, 5}).bitsPerByte(new double[] {1, 2}), 1e-15);
    }

    @Test
    void pairingResolvesWhatTheScoresAloneDoNot() {
        List<double[]> reference = List.of(training(0, 11), training(0, 12), training(0, 13));
        List<double[]> better = List.of(training(3, 21), training(3, 22), training(3, 23));
        Contest contest = contest();
        Interval one = contest.score(reference);
        Interval other = contest.score(better);
        assertTrue(one.low() < other.high() && other.low() < one.high(), "the scores overlap: " + one + other);
        Interval difference = contest.difference(reference, better);
        assertTrue(difference.high() < 0, difference.toString());
        assertEquals(-3 / Math.log(2) / 200, difference.value(), 0.01);
    }

    @Test
    void equalMethodsAreRarelyCalledDifferent() {
        int alarms = 0;
        for (int i = 0; i < 40; i++) {
            List<double[]> a = List.of(training(0, 100 + i), training(0, 200 + i), training(0, 300 + i));
            List<double[]> b = List.of(training(0, 400 + i), training(0, 500 + i), training(0, 600 + i));
            Interval difference = contest().difference(a, b);
            alarms += difference.low() > 0 || difference.high() < 0 ? 1 : 0;
        }
        assertTrue(alarms <= 6, alarms + " false alarms of 40");
    }

    @Test
    void intervalDoesNotDependOnTheRun() {
        List<double[]> seeds = List.of(training(0, 1), training(0, 2));
        assertEquals(contest().score(seeds), contest().score(seeds));
    }
}
