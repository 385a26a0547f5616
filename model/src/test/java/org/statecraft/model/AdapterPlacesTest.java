package org.statecraft.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.mamba2.Mamba2Shape;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.Fixtures;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;

/**
 * The adapter places against {@code fixtures/peft}: weights as values, the state boundary, rows before layer 0. The tuning
 * methods themselves live elsewhere; here their tensors are put into the places by hand.
 */
class AdapterPlacesTest {
    private static final String PREFIX = "base_model.model.";

    record Case(KernelCase kernel, String method) {
        ModelCase open() {
            return kernel.open();
        }

        @Override
        public String toString() {
            return kernel + ", " + method;
        }
    }

    static List<Case> cases() {
        JsonNode methods =
                Fixtures.json(Fixtures.dir("peft").resolve("manifest.json")).path("methods");
        List<Case> cases = new ArrayList<>();
        for (KernelCase kernel : KernelCase.full()) {
            methods.path(kernel.model()).forEach(method -> {
                Case c = new Case(kernel, method.asText());
                boolean readOut = method.asText().startsWith("state_offset");
                if (!readOut && Files.isDirectory(folder(c))) {
                    cases.add(c);
                }
            });
        }
        return cases;
    }

    private static Path folder(Case c) {
        return Fixtures.dir("peft").resolve(c.kernel.model()).resolve(c.method);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void logitsLossAndGradientsEqualTheReference(Case c) {
        JsonNode figures = Fixtures.json(folder(c).resolve("golden.json"));
        try (ModelCase base = c.open();
                SafetensorsFile golden = SafetensorsFile.open(folder(c).resolve("golden.safetensors"))) {
            Map<String, NDArray> tensors = tensors(base.scope(), folder(c).resolve("adapter.safetensors"));
            tensors.values().forEach(tensor -> tensor.setRequiresGradient(true));
            LanguageModel model =
                    base.model().with(new Placed(tensors, figures.path("scale").floatValue()));
            boolean rs = c.method.startsWith("rslora");
            NDArray ids = base.array("input_ids");

            NDArray logits = model.logits(model.forward(ids).hidden());
            NDArray expected = golden.array(base.scope(), "logits");
            assertClose("logits", expected, logits, rs ? Tolerances.RSLORA_LOGITS : Tolerances.LOGITS);

            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                NDArray loss = model.lossSum(TokenBatch.of(ids), base.array("labels"))
                        .div(base.figures().path("loss_counted_tokens").asInt());
                assertEquals(figures.path("loss").asDouble(), loss.getFloat(), Tolerances.LOSS);
                collector.backward(loss);
            }
            double relative = rs ? Tolerances.RSLORA_GRADIENT_RELATIVE : Tolerances.GRADIENT_RELATIVE;
            tensors.forEach((key, tensor) ->
                    assertCloseToScale(key, golden.array(base.scope(), "grad." + key), tensor.getGradient(), relative));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodingContinuesWhatThePrefillBegan(Case c) {
        JsonNode figures = Fixtures.json(folder(c).resolve("golden.json"));
        try (ModelCase base = c.open();
                SafetensorsFile golden = SafetensorsFile.open(folder(c).resolve("golden.safetensors"))) {
            Map<String, NDArray> tensors = tensors(base.scope(), folder(c).resolve("adapter.safetensors"));
            LanguageModel model =
                    base.model().with(new Placed(tensors, figures.path("scale").floatValue()));
            long[] prompt = longs(figures.path("greedy").path("prompt"));
            long[] expected = longs(figures.path("greedy").path("generated"));
            NDArray rows = golden.array(base.scope(), "greedy.logits");
            double tolerance = c.method.startsWith("rslora") ? Tolerances.RSLORA_LOGITS : Tolerances.LOGITS;
            long[] generated = new long[expected.length];
            Output output = model.forward(base.scope().create(prompt, new Shape(1, prompt.length)));
            for (int i = 0; i < expected.length; i++) {
                NDArray logits = model.logits(output.hidden().get(new NDIndex("0, -1")));
                assertClose("greedy.logits row " + i, rows.get(i), logits, tolerance);
                generated[i] = logits.argMax().getLong();
                NDArray token = base.scope().create(new long[] {generated[i]}, new Shape(1, 1));
                output = model.forward(TokenBatch.of(token), output.state(), null);
            }
            assertArrayEquals(expected, generated);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void foldedWeightsEqualTheStoredOnes(Case c) {
        try (ModelCase base = c.open();
                SafetensorsFile golden = SafetensorsFile.open(folder(c).resolve("golden.safetensors"))) {
            Map<String, NDArray> tensors = tensors(base.scope(), folder(c).resolve("adapter.safetensors"));
            float scale = Fixtures.json(folder(c).resolve("golden.json"))
                    .path("scale")
                    .floatValue();
            Map<String, Weight> weights =
                    base.model().with(new Placed(tensors, scale)).parameters();
            for (String key : golden.tensors().keySet()) {
                if (key.startsWith("merged.")) {
                    NDArray value =
                            weights.get(key.substring("merged.".length())).value(base.scope());
                    assertClose(key, golden.array(base.scope(), key), value, Tolerances.MERGED_WEIGHT);
                }
            }
        }
    }

    @Test
    void snapshotEqualsThePrefixThatItWasCompiledFrom() {
        for (Case c : cases()) {
            Path snapshot = folder(c).resolve("snapshot.safetensors");
            if (!Files.exists(snapshot)) {
                continue;
            }
            try (ModelCase base = c.open()) {
                LanguageModel explicit = base.model()
                        .with(new Placed(tensors(base.scope(), folder(c).resolve("adapter.safetensors")), 1));
                LanguageModel compiled = base.model().with(new Placed(tensors(base.scope(), snapshot), 1));
                NDArray ids = base.array("input_ids");
                assertClose(
                        c.toString(),
                        explicit.logits(explicit.forward(ids).hidden()),
                        compiled.logits(compiled.forward(ids).hidden()),
                        Tolerances.LOGITS);
            }
        }
    }

    @Test
    void sparseEntriesAddToExactlyTheirPositions() {
        try (NDManager scope = NDManager.newBaseManager()) {
            NDArray base = scope.arange(12f).reshape(3, 4);
            Weight weight = Weight.of(base)
                    .with(new WeightChange.SparseEntries(
                            scope.create(new long[] {1, 11}), scope.create(new float[] {10, -5})));
            float[] expected = base.toFloatArray();
            expected[1] += 10;
            expected[11] -= 5;
            assertArrayEquals(expected, weight.value(scope).toFloatArray());
            NDArray x = scope.randomNormal(new Shape(2, 4));
            assertClose("linear map", x.matMul(weight.value(scope).transpose()), weight.apply(x), 1e-5);
        }
    }

    static List<KernelCase> mamba2Cases() {
        return KernelCase.mamba2();
    }

    @ParameterizedTest
    @MethodSource("mamba2Cases")
    void extraStateRowsWithoutReadOutChangeNothing(KernelCase c) {
        try (ModelCase base = c.open()) {
            LanguageModel wider = base.model()
                    .with(new WiderState(
                            base.scope(),
                            (Mamba2Shape) base.model().layers().get(0).shape(),
                            3));
            assertEquals(
                    base.model().layers().get(0).shape().state() + 3,
                    wider.layers().get(0).shape().state());
            NDArray ids = base.array("input_ids");
            Output plain = base.model().forward(ids);
            Output extended = wider.forward(ids);
            assertClose("hidden", plain.hidden(), extended.hidden(), Tolerances.SITES);
            NDArray state = extended.state().layers().get(0).state();
            NDArray added = state.get(new NDIndex("..., -3:"));
            assertTrue(added.abs().max().getFloat() > 1e-3, "the added columns are in use");
        }
    }

    private static long[] longs(JsonNode list) {
        long[] values = new long[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i).asLong();
        }
        return values;
    }

    private static Map<String, NDArray> tensors(NDManager scope, Path file) {
        try (SafetensorsFile stored = SafetensorsFile.open(file)) {
            Map<String, NDArray> tensors = new LinkedHashMap<>();
            stored.tensors().keySet().forEach(name -> tensors.put(name, stored.float32(scope, name)));
            return tensors;
        }
    }

    /** Tensors of a stored adapter, each in the place that its name tells. */
    private record Placed(Map<String, NDArray> tensors, float scale) implements Adapter {
        @Override
        public Weight weight(String name, Weight weight) {
            if (!name.endsWith(".weight")) {
                return weight;
            }
            String key = PREFIX + name.substring(0, name.length() - "weight".length());
            NDArray A = tensors.get(key + "lora_A.weight");
            NDArray magnitude = tensors.get(key + "lora_magnitude_vector");
            Weight changed = A == null
                    ? weight
                    : weight.with(new WeightChange.LowRank(A, tensors.get(key + "lora_B.weight"), scale));
            return magnitude == null ? changed : changed.with(new WeightChange.Magnitude(magnitude));
        }

        @Override
        public Start start(int layer, NDManager owner) {
            String key = PREFIX + "backbone.layers." + layer + ".mixer.";
            NDArray window = tensors.get(key + "conv0");
            NDArray state = tensors.get(key + "h0");
            if (state != null && state.getShape().dimension() == 2) {
                // Mamba-1 counts as one head
                state = state.expandDims(0);
            }
            NDArray rows = tensors.get(key + "prefix");
            return window == null && state == null && rows == null ? null : new Start(window, state, rows);
        }

        @Override
        public NDArray promptRows() {
            return tensors.get("prompt_embeddings");
        }
    }

    /** Additional scan columns for each group: random B rows, C rows of zero with a zero convolution bias. */
    private record WiderState(NDManager scope, Mamba2Shape old, long columns) implements Adapter {
        @Override
        public Weight weight(String name, Weight weight) {
            boolean projection = name.endsWith("in_proj.weight");
            if (!projection && !name.contains("conv1d")) {
                return weight;
            }
            long[] shape = weight.base().getShape().getShape().clone();
            shape[0] = columns;
            long firstB = (projection ? 2 : 1) * old.dInner();
            List<WeightChange.Inserted.Block> blocks = new ArrayList<>();
            for (long group = 1; group <= old.groups(); group++) {
                blocks.add(new WeightChange.Inserted.Block(
                        firstB + group * old.state(), scope.randomNormal(new Shape(shape))));
            }
            long firstC = firstB + old.groups() * old.state();
            for (long group = 1; group <= old.groups(); group++) {
                blocks.add(
                        new WeightChange.Inserted.Block(firstC + group * old.state(), scope.zeros(new Shape(shape))));
            }
            return weight.with(new WeightChange.Inserted(0, blocks));
        }
    }
}
