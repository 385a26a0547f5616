package org.statecraft.eval.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.EvalFixtures;

/** {@code fixtures/eval/stats.json}: values of scipy, statsmodels and lm-evaluation-harness. */
class StatisticsFixtureTest {
    private static final JsonNode STATS = EvalFixtures.json("stats.json");

    static Stream<JsonNode> cases() {
        return EvalFixtures.elements(STATS.get("cases"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pairedDifferenceIsThatOfScipy(JsonNode expected) {
        PairedDifference difference = PairedDifference.of(base(expected), candidate(expected));

        near(expected.get("mean_difference"), difference.mean());
        near(expected.get("sd_difference"), difference.sd());
        near(expected.get("paired_stderr"), difference.stderr());
        near(expected.path("paired_t_p_two_sided"), difference.twoSidedP());
        double normal = STATS.get("normal_quantile").doubleValue();
        near(expected.get("ci95_low"), difference.mean() - normal * difference.stderr());
        near(expected.get("ci95_high"), difference.mean() + normal * difference.stderr());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void unpairedDifferenceIsThatOfTheHarness(JsonNode expected) {
        if (expected.get("stderr_base").isNumber()) {
            UnpairedDifference difference = UnpairedDifference.of(
                    expected.get("mean_base").doubleValue(),
                    expected.get("stderr_base").doubleValue(),
                    expected.get("mean_candidate").doubleValue(),
                    expected.get("stderr_candidate").doubleValue());

            // the harness takes base - candidate
            near(expected.get("unpaired_z_base_minus_candidate"), -difference.z());
            near(expected.get("unpaired_p_two_sided"), difference.twoSidedP());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void changedDocumentsAreCountedAndTestedExactly(JsonNode expected) {
        boolean binary = expected.get("kind").asText().equals("binary");
        assertEquals(binary, PairedBinary.isBinary(base(expected)) && PairedBinary.isBinary(candidate(expected)));
        if (binary) {
            PairedBinary counts = PairedBinary.of(base(expected), candidate(expected));

            assertEquals(expected.get("base_right_candidate_wrong").intValue(), counts.lost());
            assertEquals(expected.get("base_wrong_candidate_right").intValue(), counts.won());
            near(expected.get("mcnemar_exact_p"), counts.mcNemarP());
            near(expected.get("mean_difference"), counts.difference());
        }
    }

    @Test
    void mcNemarTable() {
        EvalFixtures.elements(STATS.get("mcnemar_table")).forEach(row -> {
            int lost = row.get("lost").intValue();
            int won = row.get("won").intValue();
            near(row.get("p"), new PairedBinary(5000, lost, won).mcNemarP());
        });
    }

    @Test
    void holmTable() {
        EvalFixtures.elements(STATS.get("holm")).forEach(row -> {
            double[] adjusted = Holm.adjust(EvalFixtures.doubles(row.get("p")));
            for (int i = 0; i < adjusted.length; i++) {
                near(row.get("holm_adjusted").get(i), adjusted[i]);
                assertEquals(row.get("reject_at_0.05").get(i).booleanValue(), adjusted[i] <= 0.05, row::toString);
            }
        });
    }

    @Test
    void wilsonTable() {
        EvalFixtures.elements(STATS.get("wilson95")).forEach(row -> {
            Interval interval =
                    Wilson.interval(row.get("k").longValue(), row.get("n").longValue(), 0.95);
            near(row.get("low"), interval.low());
            near(row.get("high"), interval.high());
        });
    }

    private static double[] base(JsonNode expected) {
        return EvalFixtures.doubles(expected.get("base"));
    }

    private static double[] candidate(JsonNode expected) {
        return EvalFixtures.doubles(expected.get("candidate"));
    }

    /** Within 1e-9 of the value, or 1e-6 for tiny probabilities; null stands for NaN. */
    private static void near(JsonNode expected, double actual) {
        if (expected.isNumber()) {
            double value = expected.doubleValue();
            double tolerance = Math.abs(value) < 1e-12 ? 1e-6 : 1e-9;
            // 1e-15: differences of scores that should be 0 carry the rounding of the scores
            assertEquals(value, actual, tolerance * Math.abs(value) + (value == 0 ? 1e-15 : 0));
        } else {
            assertTrue(Double.isNaN(actual), () -> "undefined, but " + actual);
        }
    }
}
