package org.statecraft.eval.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests against a margin: how often they are wrong, and what they say in cases that can be worked out by hand. */
class MarginTestTest {
    private static final double LEVEL = 0.05;
    private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

    /** The size by summing over all outcomes at a share of lost documents, the drop being just the margin. */
    private interface Rule {
        boolean rejects(PairedBinary seen);
    }

    private static double rejected(int n, double lost, double won, Rule rule) {
        double sum = 0;
        for (int l = 0; l <= n; l++) {
            for (int w = 0; w + l <= n; w++) {
                if (rule.rejects(new PairedBinary(n, l, w))) {
                    sum += probability(n, l, w, lost, won);
                }
            }
        }
        return sum;
    }

    private static double probability(int n, int l, int w, double lost, double won) {
        double logarithm = logFactorial(n) - logFactorial(l) - logFactorial(w) - logFactorial(n - l - w);
        return Math.exp(logarithm + power(lost, l) + power(won, w) + power(1 - lost - won, n - l - w));
    }

    private static double power(double share, int count) {
        return count == 0 ? 0 : count * Math.log(Math.max(0, share));
    }

    private static double logFactorial(int n) {
        double sum = 0;
        for (int i = 2; i <= n; i++) {
            sum += Math.log(i);
        }
        return sum;
    }

    private static Rule memory(Rule rule) {
        Map<PairedBinary, Boolean> known = new HashMap<>();
        return seen -> known.computeIfAbsent(seen, rule::rejects);
    }

    @ParameterizedTest
    @CsvSource({"20, 0.1", "45, 0.05"})
    void exactTestNeverErrsMoreOftenThanItsLevelWhateverTheUnknownShare(int n, double margin) {
        Map<PairedBinary, MarginTest> known = new HashMap<>();
        Rule notWorse = seen -> known.computeIfAbsent(seen, counts -> MarginTest.exact(counts, margin))
                        .notWorse()
                <= LEVEL;
        Rule worse = seen -> known.computeIfAbsent(seen, counts -> MarginTest.exact(counts, margin))
                        .worse()
                <= LEVEL;
        double largest = 0;
        for (int i = 0; i <= 37; i++) {
            double won = (1 - margin) / 2 * i / 37;
            double size = rejected(n, won + margin, won, notWorse);
            largest = Math.max(largest, size);
            assertTrue(size <= LEVEL + 1e-4, "share won " + won + ": " + size);
            double other = rejected(n, won + margin, won, worse);
            assertTrue(other <= LEVEL + 1e-4, "share won " + won + ": " + other);
        }
        assertTrue(largest > 0.6 * LEVEL, "it is not needlessly strict: " + largest);
    }

    @Test
    void aLargerTrueDropIsTakenForHarmlessLessOften() {
        Rule rule = memory(seen -> MarginTest.exact(seen, 0.1).notWorse() <= LEVEL);
        double atMargin = rejected(30, 0.2, 0.1, rule);
        double beyond = rejected(30, 0.3, 0.1, rule);
        double far = rejected(30, 0.5, 0.1, rule);

        assertTrue(atMargin > beyond && beyond > far, atMargin + " " + beyond + " " + far);
    }

    @Test
    void theNormalApproximationErrsMoreOftenThanItsLevel() {
        double critical = NORMAL.inverseSurvivalProbability(LEVEL);
        double size = rejected(60, 0.525, 0.475, seen -> seen.score(-0.05) >= critical);

        assertTrue(size > 0.06, "why the exact test is used: " + size);
    }

    @ParameterizedTest
    @CsvSource({"200, 0.02, 0.02", "200, 0.05, 0.25", "400, 0.02, 0.05"})
    void simulatedErrorsOfTheExactTestStayBelowItsLevel(int n, double margin, double lost) {
        SplittableRandom random = new SplittableRandom(20261128);
        Map<PairedBinary, MarginTest> known = new HashMap<>();
        int runs = 1000;
        int harmless = 0;
        int harmful = 0;
        for (int i = 0; i < runs; i++) {
            PairedBinary drawn = draw(random, n, lost, lost - margin);
            MarginTest test = known.computeIfAbsent(drawn, seen -> MarginTest.exact(seen, margin));
            harmless += test.notWorse() <= LEVEL ? 1 : 0;
            harmful += test.worse() <= LEVEL ? 1 : 0;
        }
        // three standard errors of a share of 5 % in 1,000
        double bound = runs * (LEVEL + 3 * Math.sqrt(LEVEL * (1 - LEVEL) / runs));
        assertTrue(harmless <= bound, "taken for harmless: " + harmless);
        assertTrue(harmful <= bound, "taken for harmful: " + harmful);
    }

    private static PairedBinary draw(SplittableRandom random, int n, double lost, double won) {
        int losses = 0;
        int gains = 0;
        for (int i = 0; i < n; i++) {
            double value = random.nextDouble();
            losses += value < lost ? 1 : 0;
            gains += value >= lost && value < lost + won ? 1 : 0;
        }
        return new PairedBinary(n, losses, gains);
    }

    @Test
    void simulatedErrorsOfStudentsTestAreAtItsLevel() {
        SplittableRandom random = new SplittableRandom(20261128);
        double margin = 0.3;
        int runs = 4000;
        int harmless = 0;
        for (int i = 0; i < runs; i++) {
            double[] base = new double[12];
            double[] candidate = new double[12];
            for (int d = 0; d < base.length; d++) {
                base[d] = 5 * random.nextDouble();
                candidate[d] = base[d] - margin + random.nextDouble() - 0.5;
            }
            PairedDifference gain = PairedDifference.of(base, candidate);
            harmless += MarginTest.paired(gain, margin).notWorse() <= LEVEL ? 1 : 0;
        }
        assertEquals(LEVEL, (double) harmless / runs, 3 * Math.sqrt(LEVEL * (1 - LEVEL) / runs));
    }

    /** If no document changed, the worst case is that every change is a loss: then nothing is seen with (1 - margin)^n. */
    @ParameterizedTest
    @CsvSource({"10, 0.3", "60, 0.05", "500, 0.01"})
    void withoutAnyChangeTheProbabilityIsThatOfSeeingNoLoss(int n, double margin) {
        MarginTest test = MarginTest.exact(new PairedBinary(n, 0, 0), margin);

        assertTrue(test.notWorse() >= Math.pow(1 - margin, n) - 1e-12, test::toString);
        assertEquals(1, test.worse(), 1e-9);
    }

    @Test
    void theProbabilitiesFollowTheDocuments() {
        double before = 0;
        for (int lost = 0; lost <= 40; lost += 5) {
            MarginTest test = MarginTest.exact(new PairedBinary(100, lost, 10), 0.1);
            assertTrue(test.notWorse() >= before, "lost " + lost);
            before = test.notWorse();
        }
        assertTrue(MarginTest.exact(new PairedBinary(100, 60, 0), 0.1).worse() < 1e-9);
        assertTrue(MarginTest.exact(new PairedBinary(100, 0, 60), 0.1).notWorse() < 1e-9);
    }

    @Test
    void withAMarginOfNothingOnlyAGainIsShownToBeNoWorse() {
        assertTrue(MarginTest.exact(new PairedBinary(50, 0, 0), 0).notWorse() >= 0.5);
        assertTrue(MarginTest.exact(new PairedBinary(50, 0, 20), 0).notWorse() < 0.001);
        assertEquals(new MarginTest(0, 1), MarginTest.exact(new PairedBinary(50, 50, 0), 1));
    }

    @Test
    void withoutSpreadTheValueDecides() {
        PairedDifference constant = new PairedDifference(5, -0.5, 0);

        assertEquals(new MarginTest(0, 1), MarginTest.paired(constant, 0.5));
        assertEquals(new MarginTest(1, 0), MarginTest.paired(constant, 0.4));
        assertEquals(new MarginTest(1, 0), MarginTest.unpaired(new UnpairedDifference(-0.5, 0), 0.4));
    }

    /** By hand: a gain of -0.1 with error 0.05 lies two errors inside a margin of 0.2. */
    @Test
    void unpairedTestIsThatOfTheNormalDistribution() {
        MarginTest test = MarginTest.unpaired(UnpairedDifference.of(0.6, 0.03, 0.5, 0.04), 0.2);

        assertEquals(0.022750131948179, test.notWorse(), 1e-12);
        assertEquals(1, test.notWorse() + test.worse(), 1e-12);
    }

    @Test
    void scoreIntervalHoldsTheDifferenceAndHasAWidthEvenWithoutAChange() {
        Interval unchanged = new PairedBinary(100, 0, 0).interval(0.95);
        Interval changed = new PairedBinary(44, 14, 1).interval(0.95);

        assertEquals(-unchanged.low(), unchanged.high(), 1e-12);
        assertEquals(0.036994, unchanged.high(), 1e-6);
        assertTrue(changed.low() < -13.0 / 44 && changed.high() > -13.0 / 44 && changed.high() < 0, changed::toString);
        // the ends are where the statistic is at the quantile
        double quantile = NORMAL.inverseSurvivalProbability(0.025);
        assertEquals(quantile, new PairedBinary(44, 14, 1).score(changed.low()), 1e-6);
        assertEquals(-quantile, new PairedBinary(44, 14, 1).score(changed.high()), 1e-6);
    }
}
