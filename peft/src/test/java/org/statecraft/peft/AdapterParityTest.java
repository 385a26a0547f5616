package org.statecraft.peft;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Output;
import org.statecraft.model.Site;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.testing.AdapterCase;

/** Adapters of every method against the float64 golden values of {@code fixtures/peft}. */
class AdapterParityTest {
    @TempDir
    Path folder;

    static List<AdapterCase.Name> cases() {
        return AdapterCase.names();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsAndFirstLayerEqualTheReference(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder)) {
            LanguageModel model = c.base().model().with(c.adapter());
            Map<String, NDArray> seen = new HashMap<>();
            Output output = model.forward(TokenBatch.of(c.base().array("input_ids")), null, (layer, site, value) -> {
                if (layer == 0 && site == Site.MIXER_OUT) {
                    NDArray copy = value.duplicate();
                    copy.attach(c.base().scope());
                    seen.put("layer0.mixer_out", copy);
                }
            });
            assertClose("logits", c.golden("logits"), model.logits(output.hidden()), c.logitsTolerance());
            assertClose("mixer_out", c.golden("layer0.mixer_out"), seen.get("layer0.mixer_out"), c.logitsTolerance());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void lossAndEveryGradientEqualTheReference(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder)) {
            LanguageModel model = c.base().model().with(c.adapter());
            c.adapter().parameters().values().forEach(parameter -> parameter.setRequiresGradient(true));
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = model.lossSum(
                                TokenBatch.of(c.base().array("input_ids")),
                                c.base().array("labels"))
                        .div(c.base().figures().path("loss_counted_tokens").asInt());
                assertEquals(c.figures().path("loss").asDouble(), loss.getFloat(), Tolerances.LOSS);
                collector.backward(loss);
            }
            c.adapter().parameters().forEach((key, parameter) -> {
                NDArray expected = c.golden("grad." + key);
                assertCloseToScale(key, expected, parameter.getGradient(), c.gradientTolerance());
            });
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodingStepByStepEqualsTheReference(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder)) {
            LanguageModel model = c.base().model().with(c.adapter());
            long[] prompt = longs(c.figures().path("greedy").path("prompt"));
            long[] expected = longs(c.figures().path("greedy").path("generated"));
            NDArray rows = c.golden("greedy.logits");
            long[] generated = new long[expected.length];
            Output output = model.forward(c.base().scope().create(prompt, new Shape(1, prompt.length)));
            for (int i = 0; i < expected.length; i++) {
                NDArray logits = model.logits(output.hidden().get(new NDIndex("0, -1")));
                assertClose("greedy.logits row " + i, rows.get(i), logits, c.logitsTolerance());
                generated[i] = logits.argMax().getLong();
                NDArray token = c.base().scope().create(new long[] {generated[i]}, new Shape(1, 1));
                output = model.forward(TokenBatch.of(token), output.state(), null);
            }
            assertArrayEquals(expected, generated);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void trainableCountsEqualTheReference(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder)) {
            long trained = c.adapter().parameterCount();
            long listed = Fixtures.json(Fixtures.dir("peft").resolve("manifest.json"))
                    .path("trainable_parameters")
                    .path(name.model())
                    .path(name.method())
                    .asLong();
            assertEquals(listed, trained);
            assertEquals(c.figures().path("trainable_parameters").asLong(), trained);
            long total = c.base().model().parameterCount() + trained;
            assertEquals(
                    c.figures().path("trainable_percent_of_base_plus_added").asDouble(),
                    100.0 * trained / total,
                    1e-12);
        }
    }

    private static long[] longs(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
    }
}
