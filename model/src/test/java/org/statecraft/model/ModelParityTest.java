package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;

/** The model against the float64 golden values of {@code fixtures/models}. */
class ModelParityTest {

    static List<KernelCase> cases() {
        return KernelCase.all();
    }

    static List<KernelCase> paddedCases() {
        return KernelCase.all().stream().filter(c -> c.model().endsWith("-ss")).toList();
    }

    static List<KernelCase> fullCases() {
        return KernelCase.full();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsEqualTheReference(KernelCase c) {
        try (ModelCase golden = c.open()) {
            Output output = golden.model().forward(golden.array("input_ids"));
            NDArray logits = golden.model().logits(output.hidden());
            if (golden.has("logits_padded")) {
                assertClose("padded logits", golden.array("logits_padded"), logits, Tolerances.LOGITS);
            }
            NDIndex tokens = new NDIndex()
                    .addAllDim(2)
                    .addSliceDim(0, golden.model().config().vocabSize());
            assertClose("logits of tokens", golden.array("logits"), logits.get(tokens), Tolerances.LOGITS);
        }
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void everySiteEqualsTheReference(KernelCase c) {
        try (ModelCase golden = c.open()) {
            Map<String, NDArray> seen = new HashMap<>();
            golden.model().forward(TokenBatch.of(golden.array("input_ids")), null, (layer, site, value) -> {
                NDArray copy = value.duplicate();
                copy.attach(golden.scope());
                seen.put("layer" + layer + "." + goldenName(site), copy);
            });
            List<String> sites = Stream.of(Site.values())
                    .map(ModelParityTest::goldenName)
                    .flatMap(site -> golden.keys("layer").stream().filter(key -> key.endsWith("." + site)))
                    .toList();
            assertFalse(sites.isEmpty());
            for (String key : sites) {
                NDArray expected = golden.array(key);
                assertClose(key, expected, seen.get(key).reshape(expected.getShape()), Tolerances.SITES);
            }
        }
    }

    private static String goldenName(Site site) {
        return switch (site) {
            case Z -> "z";
            case X -> "x";
            case B -> "B";
            case C -> "C";
            case DELTA -> "dt";
            case Y -> "y";
            case OUT_PROJ_INPUT -> "o";
            case MIXER_OUT -> "mixer_out";
            case RESIDUAL -> "residual";
        };
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void stateAndConvWindowEqualTheReference(KernelCase c) {
        try (ModelCase golden = c.open()) {
            Output output = golden.model().forward(golden.array("input_ids"));
            assertStates(golden, "", "final_h", "final_conv", output.state());
        }
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void sequenceShorterThanTheConvWindowEqualsTheReference(KernelCase c) {
        try (ModelCase golden = c.open()) {
            long length = golden.array("short.logits").getShape().get(1);
            Output output = golden.model().forward(columns(golden.array("input_ids"), 0, length));
            assertClose(
                    "short.logits",
                    golden.array("short.logits"),
                    golden.model().logits(output.hidden()),
                    Tolerances.LOGITS);
            assertStates(golden, "short.", "final_h", "final_conv", output.state());
        }
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void lossAndEveryGradientEqualTheReference(KernelCase c) {
        try (ModelCase golden = c.open()) {
            Map<String, Weight> parameters = golden.model().parameters();
            parameters.values().forEach(weight -> weight.base().setRequiresGradient(true));
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = golden.model()
                        .lossSum(TokenBatch.of(golden.array("input_ids")), golden.array("labels"))
                        .div(golden.figures().path("loss_counted_tokens").asInt());
                assertEquals(golden.figures().path("loss").asDouble(), loss.getFloat(), Tolerances.LOSS);
                collector.backward(loss);
            }
            List<String> keys = golden.keys("grad.");
            assertEquals(parameters.size(), keys.size(), "a golden gradient for every parameter");
            for (String key : keys) {
                NDArray expected = golden.array(key);
                NDArray actual =
                        parameters.get(key.substring("grad.".length())).base().getGradient();
                assertCloseToScale(key, expected, actual, Tolerances.GRADIENT_RELATIVE);
            }
        }
    }

    /** The same prediction as part of a longer sequence, whose other labels do not count. */
    @ParameterizedTest
    @MethodSource("fullCases")
    void everyGradientOfASequenceOfOneTokenIsThere(KernelCase c) {
        try (ModelCase golden = c.open()) {
            Map<String, Weight> parameters = golden.model().parameters();
            parameters.values().forEach(weight -> weight.base().setRequiresGradient(true));
            NDArray ids = columns(golden.array("input_ids"), 0, 5);
            NDArray labels = ids.duplicate();
            labels.set(new NDIndex().addAllDim().addSliceDim(2, 5), CrossEntropy.IGNORED);
            LossGradient gradient = LossGradient.recorded(golden.model());
            gradient.add(TokenBatch.of(ids), labels, 1);
            Map<String, NDArray> expected = new LinkedHashMap<>();
            parameters.forEach((name, weight) ->
                    expected.put(name, weight.base().getGradient().duplicate()));
            parameters.values().forEach(weight -> weight.base().getGradient().muli(0));
            gradient.add(TokenBatch.of(columns(ids, 0, 2)), columns(labels, 0, 2), 1);
            expected.forEach((name, longer) -> assertCloseToScale(
                    name, longer, parameters.get(name).base().getGradient(), Tolerances.GRADIENT_RELATIVE));
        }
    }

    @ParameterizedTest
    @MethodSource("paddedCases")
    void lossCountsEveryStoredRowOfThePaddedVocabulary(KernelCase c) {
        try (ModelCase golden = c.open()) {
            NDArray ids = golden.array("input_ids");
            NDArray labels = golden.has("labels") ? golden.array("labels") : ids;
            JsonNode figures = golden.figures();
            double expected = figures.path("loss_with_padded_rows_in_the_softmax")
                    .asDouble(figures.path("loss").asDouble());
            float sum = golden.model().lossSum(TokenBatch.of(ids), labels).getFloat();
            assertEquals(expected, sum / figures.path("loss_counted_tokens").asInt(), Tolerances.LOSS);
        }
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void prefillLeavesTheLastRowOfEachSequence(KernelCase c) {
        try (ModelCase golden = c.open()) {
            TokenBatch batch = new TokenBatch(golden.array("padded.input_ids"), ints(golden.array("padded.lengths")));
            Output whole = golden.model().forward(batch, null, null);
            Output last = golden.model().prefill(batch, null);
            for (int b = 0; b < batch.lengths().length; b++) {
                NDArray expected = whole.hidden().get(new NDIndex().addIndices(b, batch.lengths()[b] - 1));
                assertClose("row " + b, expected, last.hidden().get(new NDIndex().addIndices(b, 0)), Tolerances.SITES);
            }
            assertStates(golden, "padded.", "final_h", "final_conv", last.state());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void greedyContinuationEqualsTheReference(KernelCase c) {
        try (ModelCase golden = c.open()) {
            long[] expected = golden.array("greedy.generated").toLongArray();
            NDArray rows = golden.array("greedy.logits");
            NDArray ids = golden.array("greedy.prompt").expandDims(0);
            ModelState state = null;
            long[] generated = new long[expected.length];
            for (int i = 0; i < expected.length; i++) {
                Output output = golden.model().forward(TokenBatch.of(ids), state, null);
                state = output.state();
                // rows of a padded vocabulary belong to no token
                NDArray logits = golden.model()
                        .logits(output.hidden().get(new NDIndex("0, -1")))
                        .get(new NDIndex()
                                .addSliceDim(0, golden.model().config().vocabSize()));
                assertClose("greedy.logits row " + i, rows.get(i), logits, Tolerances.LOGITS);
                generated[i] = logits.argMax().getLong();
                ids = golden.scope().create(new long[] {generated[i]}, new Shape(1, 1));
            }
            assertArrayEquals(expected, generated);
        }
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void paddedRowsAndTheirNextStepEqualTheReference(KernelCase c) {
        try (ModelCase golden = c.open()) {
            int[] lengths = ints(golden.array("padded.lengths"));
            NDArray ids = golden.array("padded.input_ids");
            Output output = golden.model().forward(new TokenBatch(ids, lengths), null, null);
            NDArray logits = golden.model().logits(output.hidden());
            for (int b = 0; b < lengths.length; b++) {
                NDIndex real = new NDIndex().addIndices(b).addSliceDim(0, lengths[b]);
                assertClose(
                        "padded.logits row " + b,
                        golden.array("padded.logits").get(real),
                        logits.get(real),
                        Tolerances.LOGITS);
            }
            assertStates(golden, "padded.", "final_h", "final_conv", output.state());
            NDArray token = golden.array("padded.step_token").expandDims(1);
            Output step = golden.model().forward(TokenBatch.of(token), output.state(), null);
            assertClose(
                    "padded.step_logits",
                    golden.array("padded.step_logits"),
                    golden.model().logits(step.hidden()).squeeze(1),
                    Tolerances.LOGITS);
        }
    }

    @ParameterizedTest
    @MethodSource("fullCases")
    void splitPrefillEqualsTheReference(KernelCase c) {
        try (ModelCase golden = c.open()) {
            JsonNode split = golden.figures().path("split");
            NDArray ids = golden.array("input_ids");
            long first = split.path("first").asLong();
            Output head = golden.model().forward(columns(ids, 0, first));
            assertStates(golden, "split.", "h", "conv", head.state());
            Output tail = golden.model()
                    .forward(TokenBatch.of(columns(ids, first, ids.getShape().get(1))), head.state(), null);
            assertClose(
                    "split.second_logits",
                    golden.array("split.second_logits"),
                    golden.model().logits(tail.hidden()),
                    Tolerances.LOGITS);
        }
    }

    private static void assertStates(ModelCase golden, String prefix, String h, String conv, ModelState state) {
        for (int i = 0; i < state.layers().size(); i++) {
            String layer = prefix + "layer" + i + ".";
            LayerState actual = state.layers().get(i);
            NDArray expected = golden.array(layer + h);
            assertClose(layer + h, expected, actual.state().reshape(expected.getShape()), Tolerances.STATES);
            // the golden window keeps the column of the current token too
            NDArray columns = golden.array(layer + conv);
            long kept = actual.convWindow().getShape().get(2);
            long all = columns.getShape().get(2);
            assertClose(
                    layer + conv,
                    columns.get(new NDIndex().addAllDim(2).addSliceDim(all - kept, all)),
                    actual.convWindow(),
                    Tolerances.STATES);
        }
    }

    static NDArray columns(NDArray ids, long from, long to) {
        return ids.get(new NDIndex().addAllDim().addSliceDim(from, to));
    }

    private static int[] ints(NDArray array) {
        return array.toType(DataType.INT32, true).toIntArray();
    }
}
