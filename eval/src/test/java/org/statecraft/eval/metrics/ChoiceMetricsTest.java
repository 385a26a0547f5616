package org.statecraft.eval.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.scoring.LogLikelihood;
import org.statecraft.eval.tasks.Document;

/** What is right among choices, from given likelihoods. */
class ChoiceMetricsTest {
    private static double value(String metric, List<String> choices, int gold, double... sums) {
        Document document = new Document(null, List.of(), choices, List.of(gold), List.of(), "", "");
        List<LogLikelihood> answers = new ArrayList<>();
        for (double sum : sums) {
            answers.add(new LogLikelihood(sum, false));
        }
        return ChoiceMetrics.ALL
                .get(metric)
                .make(Map.of(), file -> null)
                .observe(document, answers)
                .value();
    }

    @Test
    void ofEquallyLikelyChoicesTheFirstIsTaken() {
        assertEquals(1, value("acc", List.of("a", "b", "c"), 1, -2, -1, -1));
        assertEquals(0, value("acc", List.of("a", "b", "c"), 2, -2, -1, -1));
    }

    /** An emoji is one code point of two chars and four bytes; a combining accent is a code point of its own. */
    @Test
    void lengthIsInCodePointsOrInBytes() {
        List<String> choices = List.of("😀😀", "abc", "e\u0301");
        // per code point -3, -2.5, -3.5; per byte -0.75, -2.5, -2.33
        assertEquals(1, value("acc_norm", choices, 1, -6, -7.5, -7));
        assertEquals(1, value("acc_bytes", choices, 0, -6, -7.5, -7));
        assertEquals(1, value("acc", choices, 0, -6, -7.5, -7));
    }

    @Test
    void mutualInformationLeavesOutWhatAChoiceIsWorthAlone() {
        assertEquals(1, value("acc_mutual_info", List.of("a", "b"), 1, -5, -6, -1, -4));
    }

    @Test
    void theHarnesssCases() {
        for (JsonNode expected : EvalFixtures.json("metrics.json").path("multiple_choice")) {
            List<String> choices = new ArrayList<>();
            expected.get("choices").forEach(choice -> choices.add(choice.textValue()));
            double[] sums = EvalFixtures.doubles(expected.get("lls"));
            String name = expected.get("name").textValue();
            assertEquals(1, value("acc", choices, expected.get("pred").intValue(), sums), name);
            assertEquals(1, value("acc_norm", choices, expected.get("pred_norm").intValue(), sums), name);
            assertEquals(
                    1, value("acc_bytes", choices, expected.get("pred_bytes").intValue(), sums), name);
        }
    }

    @Test
    void theBrierScoresOfTheHarness() {
        for (JsonNode expected : EvalFixtures.json("metrics.json").path("brier")) {
            int documents = expected.get("lls").size();
            double sum = 0;
            for (int i = 0; i < documents; i++) {
                double[] sums = EvalFixtures.doubles(expected.get("lls").get(i));
                List<String> choices = new ArrayList<>();
                for (int c = 0; c < sums.length; c++) {
                    choices.add("c" + c);
                }
                sum += value("brier_score", choices, expected.get("gold").get(i).intValue(), sums);
            }
            double golden = expected.path("brier_score").doubleValue();
            assertEquals(golden, sum / documents, 1e-9 * golden);
        }
    }
}
