package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.KernelCase;

/** A trained Mamba-1 in the state-spaces layout against a float64 recurrence ({@code golden.json} beside it). */
class ProtMambaTest {
    /** Logits are stored with five digits, negative log-likelihoods with six; they reach 12. */
    private static final double LOGITS = 1e-3;

    private static final double NLL = 2e-4;

    static List<Kernel> kernels() {
        return KernelCase.kernels(64);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void everyLossAndTheLastLogitsEqualTheReference(Kernel kernel) {
        Path folder = Fixtures.dir("models-real", "protmamba-example-0.9m");
        JsonNode cases = Fixtures.json(folder.resolve("golden.json")).path("cases");
        assertFalse(cases.isEmpty());
        try (LanguageModel model = LanguageModel.load(folder, Device.cpu()).with(kernel);
                NDManager scope = model.newScope()) {
            assertEquals(938_112, model.parameterCount());
            for (JsonNode c : cases) {
                int[] tokens = ints(c.path("tokens"));
                TokenBatch batch = TokenBatch.padded(scope, List.of(tokens));
                NDArray logits = model.logits(model.forward(batch, null, null).hidden());
                NDArray last = logits.get(new NDIndex("0, -1"));
                for (int v = 0; v < 40; v++) {
                    assertEquals(c.path("last_logits").get(v).asDouble(), last.getFloat(v), LOGITS, "logit " + v);
                }
                NDArray likelihoods = logits.logSoftmax(-1);
                for (int t = 1; t < tokens.length; t++) {
                    double expected = c.path("nll").get(t - 1).asDouble();
                    assertEquals(expected, -likelihoods.getFloat(0, t - 1, tokens[t]), NLL, "token " + t);
                }
                double sum = model.lossSum(batch, batch.ids()).getFloat();
                assertEquals(c.path("mean_nll").asDouble(), sum / (tokens.length - 1), NLL);
            }
        }
    }

    private static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .flatMapToInt(node -> IntStream.of(node.intValue()))
                .toArray();
    }
}
