package org.statecraft.eval.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.eval.EvalFixtures;
import org.statecraft.eval.metrics.Aggregation.OfMean;
import org.statecraft.model.testing.Tolerances;

class AggregationTest {

    private static Stream<JsonNode> cases(String key) {
        return EvalFixtures.elements(EvalFixtures.json("metrics.json").get(key));
    }

    static Stream<JsonNode> perplexities() {
        return cases("perplexity");
    }

    static Stream<JsonNode> means() {
        return cases("mean_stderr");
    }

    static Stream<JsonNode> bootstraps() {
        return cases("bootstrap_stderr");
    }

    @ParameterizedTest
    @MethodSource("perplexities")
    void perplexitiesAreTheHarnesss(JsonNode expected) {
        check(expected, "perplexity", OfMean.PERPLEXITY.of(plain(expected.get("loglikelihoods"))));
        if (expected.has("rolling_ll")) {
            List<Observation> words = weighted(expected, "words");
            List<Observation> bytes = weighted(expected, "bytes");
            check(expected, "word_perplexity", OfMean.WEIGHTED_PERPLEXITY.of(words));
            check(expected, "byte_perplexity", OfMean.WEIGHTED_PERPLEXITY.of(bytes));
            check(expected, "bits_per_byte", OfMean.BITS_PER_BYTE.of(bytes));
            assertNull(OfMean.BITS_PER_BYTE.standardError(bytes, 1000));
        }
    }

    @ParameterizedTest
    @MethodSource("means")
    void meansHaveTheHarnesssStandardErrors(JsonNode expected) {
        List<Observation> values = plain(expected.get("values"));
        check(expected, "mean", OfMean.MEAN.of(values));
        check(expected, "mean_stderr", OfMean.MEAN.standardError(values, 1000));
    }

    /** Statistics other than the perplexity are written here to try the resampling on more than one. */
    @ParameterizedTest
    @MethodSource("bootstraps")
    void resamplingIsTheHarnesss(JsonNode expected) {
        JsonNode items = expected.get("items");
        int iterations = expected.get("iters").intValue();
        double[] replicates = Bootstrap.replicates(items.size(), iterations, statistic(expected));
        assertEquals(expected.get("replicates").intValue(), replicates.length);
        double[] first = EvalFixtures.doubles(expected.get("first_replicates"));
        for (int i = 0; i < Math.min(first.length, replicates.length); i++) {
            assertEquals(first[i], replicates[i], Tolerances.METRIC_RELATIVE * Math.abs(first[i]));
        }
        check(expected, "bootstrap_stderr", Statistics.standardDeviation(replicates));
        if (expected.get("metric").textValue().equals("perplexity")) {
            check(expected, "bootstrap_stderr", OfMean.PERPLEXITY.standardError(plain(items), iterations));
        }
    }

    @Test
    void oneDocumentOrNoReplicatesHaveNoStandardError() {
        List<Observation> one = List.of(new Observation(-3));
        List<Observation> two = List.of(new Observation(-3), new Observation(-4));
        assertNull(OfMean.MEAN.standardError(one, 1000));
        assertNull(OfMean.PERPLEXITY.standardError(one, 1000));
        assertNull(OfMean.MEAN.standardError(two, 0));
        assertNull(OfMean.PERPLEXITY.standardError(two, 0));
    }

    private static void check(JsonNode expected, String key, double found) {
        double golden = expected.get(key).doubleValue();
        assertEquals(golden, found, Tolerances.METRIC_RELATIVE * Math.abs(golden), expected.get("name") + " " + key);
    }

    private static List<Observation> plain(JsonNode values) {
        return EvalFixtures.elements(values)
                .map(value -> new Observation(value.doubleValue()))
                .toList();
    }

    private static List<Observation> weighted(JsonNode expected, String weights) {
        return IntStream.range(0, expected.get("rolling_ll").size())
                .mapToObj(i -> Observation.weighted(
                        expected.get("rolling_ll").get(i).doubleValue(),
                        expected.get(weights).get(i).doubleValue()))
                .toList();
    }

    private static ToDoubleFunction<int[]> statistic(JsonNode expected) {
        JsonNode items = expected.get("items");
        return switch (expected.get("metric").textValue()) {
            case "perplexity" ->
                drawn -> Math.exp(-IntStream.of(drawn)
                                .mapToDouble(i -> items.get(i).doubleValue())
                                .sum()
                        / drawn.length);
            case "median" ->
                drawn -> {
                    double[] sorted = IntStream.of(drawn)
                            .mapToDouble(i -> items.get(i).doubleValue())
                            .sorted()
                            .toArray();
                    return sorted[sorted.length / 2];
                };
            case "matthews_corrcoef" -> drawn -> matthews(confusion(items, drawn));
            case "f1_score" ->
                drawn -> {
                    double[][] counts = confusion(items, drawn);
                    return 2 * counts[1][1] / (2 * counts[1][1] + counts[0][1] + counts[1][0]);
                };
            default -> throw new IllegalArgumentException("the fixture has " + expected.get("metric"));
        };
    }

    private static double[][] confusion(JsonNode pairs, int[] drawn) {
        double[][] counts = new double[2][2];
        Arrays.stream(drawn)
                .mapToObj(pairs::get)
                .forEach(pair -> counts[pair.get(0).intValue()][pair.get(1).intValue()]++);
        return counts;
    }

    private static double matthews(double[][] c) {
        double denominator = (c[1][1] + c[0][1]) * (c[1][1] + c[1][0]) * (c[0][0] + c[0][1]) * (c[0][0] + c[1][0]);
        return denominator == 0 ? 0 : (c[1][1] * c[0][0] - c[0][1] * c[1][0]) / Math.sqrt(denominator);
    }
}
