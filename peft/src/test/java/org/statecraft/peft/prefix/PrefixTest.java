package org.statecraft.peft.prefix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertCloseToScale;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LossGradient;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.files.AdapterFiles;
import org.statecraft.peft.train.OptimizerConfig;
import org.statecraft.peft.train.Rows;
import org.statecraft.peft.train.TextWindows;
import org.statecraft.peft.train.Trainer;
import org.statecraft.peft.train.TrainingConfig;
import org.statecraft.peft.train.TrainingListener;

/** Rows of a prefix, trained themselves or made by a network. */
class PrefixTest {
    private static final String MODEL = "mamba2-tiny-g1";
    private static final int HIDDEN = 6;

    @TempDir
    private Path folder;

    static List<KernelCase> cases() {
        return KernelCase.full();
    }

    private static Prefix network(ModelCase base) {
        return Prefix.create(base.model(), new PrefixConfig(3, HIDDEN, LayerRange.ALL), 5);
    }

    private TunableAdapter reloaded(ModelCase base, Prefix adapter, String name) {
        AdapterFiles.save(adapter, MODEL, folder.resolve(name));
        return AdapterFiles.load(folder.resolve(name), base.model());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aStoredPrefixIsWhatItsNetworkMakes(KernelCase c) {
        try (ModelCase base = c.open();
                Prefix made = network(base);
                TunableAdapter rows = reloaded(base, made, "rows")) {
            NDArray ids = base.array("input_ids");
            assertArrayEquals(
                    base.model().with(made).forward(ids).hidden().toFloatArray(),
                    base.model().with(rows).forward(ids).hidden().toFloatArray());
            assertEquals(made.stored().keySet(), rows.parameters().keySet());
            assertEquals(made.config(), rows.config());
        }
    }

    /** The chain rule, by hand, from the gradients of the rows. */
    @ParameterizedTest
    @MethodSource("cases")
    void gradientsOfTheNetworkFollowFromThoseOfTheRows(KernelCase c) {
        try (ModelCase base = c.open();
                Prefix made = network(base);
                TunableAdapter rows = reloaded(base, made, "rows")) {
            Map<String, NDArray> g = gradients(base, rows, false);
            Map<String, NDArray> expected =
                    chainRule(made.parameters(), g, base.model().layers().size());
            for (boolean recompute : new boolean[] {false, true}) {
                Map<String, NDArray> actual = gradients(base, made, recompute);
                assertEquals(actual.keySet(), expected.keySet());
                expected.forEach((key, value) -> assertCloseToScale(
                        key + (recompute ? ", recomputed" : ""), value, actual.get(key), Tolerances.GRADIENT_RELATIVE));
            }
        }
    }

    private static Map<String, NDArray> chainRule(Map<String, NDArray> p, Map<String, NDArray> g, int layers) {
        String shared = PeftKeys.PREFIX + "prefix_network.";
        NDArray e = p.get(shared + "embedding").stopGradient();
        NDArray v = p.get(shared + "hidden.weight").stopGradient();
        NDArray hidden = e.matMul(v.transpose())
                .add(p.get(shared + "hidden.bias").stopGradient())
                .tanh();
        Map<String, NDArray> expected = new LinkedHashMap<>();
        NDArray toHidden = hidden.zerosLike();
        for (int layer = 0; layer < layers; layer++) {
            NDArray toRows = g.get(PeftKeys.mixer(layer, "prefix"));
            String weight = PeftKeys.mixer(layer, "prefix_network.output.weight");
            expected.put(weight, toRows.transpose().matMul(hidden));
            expected.put(PeftKeys.mixer(layer, "prefix_network.output.bias"), toRows.sum(new int[] {0}));
            toHidden = toHidden.add(toRows.matMul(p.get(weight).stopGradient()));
        }
        NDArray inner = toHidden.mul(hidden.square().neg().add(1));
        expected.put(shared + "hidden.weight", inner.transpose().matMul(e));
        expected.put(shared + "hidden.bias", inner.sum(new int[] {0}));
        expected.put(shared + "embedding", inner.matMul(v));
        return expected;
    }

    private static Map<String, NDArray> gradients(ModelCase base, TunableAdapter adapter, boolean recompute) {
        LanguageModel model = base.model().with(adapter);
        adapter.parameters().values().forEach(parameter -> parameter.setRequiresGradient(true));
        TokenBatch tokens = TokenBatch.of(base.array("input_ids"));
        if (recompute) {
            adapter.parameters()
                    .values()
                    .forEach(parameter -> parameter.getGradient().subi(parameter.getGradient()));
            LossGradient.recomputed(model).add(tokens, base.array("labels"), 1.0);
        } else {
            try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
                collector.backward(model.lossSum(tokens, base.array("labels")));
            }
        }
        Map<String, NDArray> gradients = new LinkedHashMap<>();
        adapter.parameters().forEach((key, parameter) -> {
            NDArray copy = parameter.getGradient().duplicate();
            copy.attach(base.scope());
            gradients.put(key, copy);
        });
        adapter.parameters().values().forEach(parameter -> parameter.setRequiresGradient(false));
        return gradients;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, HIDDEN})
    void nothingStaysInMemoryAfterAPass(int hidden) {
        try (ModelCase base = ModelCase.open(MODEL);
                Prefix adapter = Prefix.create(base.model(), new PrefixConfig(2, hidden, LayerRange.ALL), 5)) {
            NDManager owner = adapter.parameters().values().iterator().next().getManager();
            int before = owner.getManagedArrays().size();
            base.model().with(adapter).forward(base.array("input_ids"));
            assertEquals(before, owner.getManagedArrays().size());
        }
    }

    /** Guards included: the part z gets no gradient, but the tensor that it lies in does. */
    @ParameterizedTest
    @ValueSource(ints = {0, HIDDEN, 400})
    void itTrainsAndLeavesWhatNobodySeesAsItWas(int hidden) throws IOException {
        List<String> notes = new ArrayList<>();
        try (ModelCase base = ModelCase.open(MODEL);
                Prefix adapter = Prefix.create(base.model(), new PrefixConfig(2, hidden, LayerRange.ALL), 5)) {
            int[] tokens = IntStream.range(0, 81).map(i -> i * i % 90).toArray();
            TrainingConfig config = new TrainingConfig(
                    OptimizerConfig.adamW(1e-2),
                    4,
                    4,
                    1,
                    Rows.PADDED,
                    hidden == HIDDEN,
                    0,
                    2,
                    TrainingConfig.EarlyStopping.NEVER,
                    TrainingConfig.Keep.LAST,
                    1);
            float[] before = adapter.stored().get(PeftKeys.mixer(0, "prefix")).toFloatArray();
            List<Double> losses = new Trainer(base.model(), adapter, new TextWindows("text", tokens, 8), config)
                    .listen(new TrainingListener() {
                        @Override
                        public void note(String text) {
                            notes.add(text);
                        }
                    })
                    .checkpointTo(folder.resolve("checkpoints"))
                    .train()
                    .losses();
            assertTrue(losses.get(3) < losses.get(0), losses::toString);
            float[] after = adapter.stored().get(PeftKeys.mixer(0, "prefix")).toFloatArray();
            assertTrue(Math.abs(after[64] - before[64]) > 1e-4, "x moved");
            if (hidden == 0) {
                assertEquals(before[0], after[0], "z did not");
            }
            assertEquals(
                    hidden == 400,
                    notes.stream().anyMatch(note -> note.contains("more than the model with its 27,208")),
                    notes::toString);
        }
        try (var checkpoint = Files.list(folder.resolve("checkpoints"))) {
            assertEquals(2, checkpoint.count());
        }
    }

    @Test
    void layersThatAreNotNamedHaveNoRows() {
        try (ModelCase base = ModelCase.open(MODEL);
                Prefix adapter = Prefix.create(base.model(), new PrefixConfig(2, HIDDEN, new LayerRange("1-2")), 5);
                TunableAdapter loaded = reloaded(base, adapter, "some")) {
            assertEquals(List.of(1, 2), adapter.layers());
            for (TunableAdapter one : List.of(adapter, loaded)) {
                assertNull(one.start(0, base.scope()));
                assertNotNull(one.start(1, base.scope()));
            }
        }
    }

    /** Section 2.7 of the methods reference, with w = 2·d_inner for Mamba-1. */
    @Test
    void sizesFollowTheFormulas() {
        try (ModelCase base = ModelCase.open("mamba1-tiny");
                Prefix plain = Prefix.create(base.model(), PrefixConfig.of(3), 1);
                Prefix made = network(base)) {
            long layers = base.model().layers().size();
            long w = 2 * base.model().layers().get(0).shape().dInner();
            assertEquals(layers * 3 * w, plain.parameterCount());
            assertEquals(3 * w + w * HIDDEN + HIDDEN + HIDDEN * layers * w + layers * w, made.parameterCount());
        }
    }

    @Test
    void aPrefixOfAttentionIsRefusedWithTheReason() throws IOException {
        try (ModelCase base = ModelCase.open(MODEL);
                Prefix adapter = Prefix.create(base.model(), PrefixConfig.of(2), 5)) {
            AdapterFiles.save(adapter, MODEL, folder.resolve("a"));
            Path config = folder.resolve("a/adapter_config.json");
            Files.writeString(config, Files.readString(config).replace(Prefix.TYPE, "PREFIX_TUNING"));
            Files.delete(folder.resolve("a/MANIFEST.json"));
            String message = assertThrows(
                            InputException.class, () -> AdapterFiles.load(folder.resolve("a"), base.model()))
                    .getMessage();
            assertTrue(message.contains("keys and values of attention"), message);
            assertTrue(message.contains("AFFIX_TUNING"), message);
        }
    }
}
