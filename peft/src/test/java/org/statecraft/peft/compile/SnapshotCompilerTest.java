package org.statecraft.peft.compile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.Adapter;
import org.statecraft.model.Back;
import org.statecraft.model.Front;
import org.statecraft.model.InputException;
import org.statecraft.model.Kernel;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Layer;
import org.statecraft.model.Mixer;
import org.statecraft.model.Output;
import org.statecraft.model.Scan;
import org.statecraft.model.Snapshot;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.Weight;
import org.statecraft.model.WeightChange;
import org.statecraft.model.safetensors.SafetensorsFile;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.PeftKeys;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.initialstate.InitialState;
import org.statecraft.peft.initialstate.InitialStateConfig;
import org.statecraft.peft.prompt.Prompt;
import org.statecraft.peft.prompt.PromptStart;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.testing.AdapterCase;
import org.statecraft.peft.testing.RandomValues;

/** A compiled snapshot is what the adapters are, and costs nothing. */
class SnapshotCompilerTest {
    @TempDir
    private Path folder;

    static List<AdapterCase.Name> cases() {
        return AdapterCase.names().stream()
                .filter(name -> List.of("h0", "h0_conv", "prompt", "prefix").contains(name.method()))
                .toList();
    }

    /** By way of a file. */
    private Snapshot compiled(LanguageModel model, TunableAdapter... adapters) {
        Path file = folder.resolve("compiled.state");
        try (Snapshot snapshot = SnapshotCompiler.compile(model, List.of(adapters), "a test")) {
            snapshot.save(file);
        }
        return Snapshot.load(model, file);
    }

    private static NDArray logits(LanguageModel model, NDArray ids) {
        return model.logits(model.forward(ids).hidden());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aSnapshotGivesTheLogitsOfItsAdapter(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder);
                Snapshot snapshot = compiled(c.base().model(), c.adapter())) {
            NDArray ids = c.base().array("input_ids");
            LanguageModel model = c.base().model().with(snapshot);
            assertClose("as an adapter", c.golden("logits"), logits(model, ids), Tolerances.LOGITS);
            Output goesOn = c.base()
                    .model()
                    .forward(TokenBatch.of(ids), snapshot.state(c.base().scope(), 2), null);
            assertClose(
                    "gone on from", c.golden("logits"), c.base().model().logits(goesOn.hidden()), Tolerances.LOGITS);
            assertEquals(0, snapshot.tokens());
            assertEquals("a test", snapshot.origin());
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void windowsAndStatesEqualTheReference(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder);
                Snapshot snapshot = compiled(c.base().model(), c.adapter());
                SafetensorsFile golden = SafetensorsFile.open(
                        c.file("snapshot.safetensors") == null
                                ? c.file("adapter.safetensors")
                                : c.file("snapshot.safetensors"))) {
            for (String key : golden.tensors().keySet()) {
                NDArray expected = golden.float32(c.base().scope(), key);
                Adapter.Start start =
                        snapshot.start(PeftKeys.layer(key), c.base().scope());
                NDArray actual = key.endsWith("conv0") ? start.convWindow() : start.state();
                assertClose(key, expected, actual.reshape(expected.getShape()), Tolerances.STATES);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatStaysBesideIsInForceWhileItIsCompiled(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder);
                StateOffset offset = StateOffset.create(c.base().model(), StateOffsetConfig.lowRank(2), 1)) {
            RandomValues.fill(offset, 5);
            LanguageModel beside = c.base().model().with(new Factors(c.base())).with(offset);
            NDArray ids = c.base().array("input_ids");
            NDArray explicit = logits(beside.with(c.adapter()), ids);
            try (Snapshot snapshot = compiled(beside, c.adapter())) {
                assertClose("logits", explicit, logits(beside.with(snapshot), ids), Tolerances.LOGITS);
            }
            // the rows of a prefix enter behind in_proj, and the read-out of virtual tokens is dropped
            if (name.method().equals("prompt")) {
                try (Snapshot without = compiled(c.base().model(), c.adapter())) {
                    assertTrue(distance(explicit, logits(beside.with(without), ids)) > 1e-2, "it matters");
                }
            }
        }
    }

    @Test
    void severalAdaptersActOneBehindTheOther() {
        for (String name : List.of("mamba1-tiny", "mamba2-tiny-g2")) {
            try (ModelCase base = ModelCase.open(name);
                    InitialState state = InitialState.create(
                            base.model(),
                            new InitialStateConfig(InitialStateConfig.Form.STATE_AND_WINDOW, new LayerRange("1")));
                    Prompt prompt = Prompt.create(base.model(), 2, new PromptStart.Random(), 3)) {
                RandomValues.fill(state, 4);
                NDArray ids = base.array("input_ids");
                try (Snapshot snapshot = compiled(base.model(), state, prompt)) {
                    NDArray explicit = logits(base.model().with(state).with(prompt), ids);
                    assertClose(name, explicit, logits(base.model().with(snapshot), ids), Tolerances.LOGITS);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aSnapshotRunsNoPositionMoreThanTheModelAlone(AdapterCase.Name name) {
        try (AdapterCase c = AdapterCase.open(name, folder);
                Snapshot snapshot = compiled(c.base().model(), c.adapter())) {
            NDArray ids = c.base().array("input_ids");
            Counting kernel = new Counting(c.base().model().kernel(), new AtomicLong());
            LanguageModel plain = c.base().model().with(kernel);
            long alone = kernel.count(plain, ids);
            assertEquals(alone, kernel.count(plain.with(snapshot), ids));
            boolean virtual = name.method().startsWith("pr");
            assertEquals(virtual, kernel.count(plain.with(c.adapter()), ids) > alone, "the count sees virtual tokens");
        }
    }

    @Test
    void methodsThatActOnEveryTokenAreRefusedWithTheReason() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1");
                StateOffset offset = StateOffset.create(base.model(), StateOffsetConfig.lowRank(2), 1)) {
            String message = assertThrows(
                            InputException.class,
                            () -> SnapshotCompiler.compile(base.model(), List.of(offset), "a test"))
                    .getMessage();
            assertTrue(message.contains("STATE_OFFSET"), message);
            assertTrue(message.contains("it acts on every token"), message);
        }
    }

    @Test
    void aSnapshotOfTokensHasNoOrigin() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            Output output = base.model().forward(base.array("input_ids").get("0:1"));
            try (Snapshot snapshot = Snapshot.of(base.model(), output.state(), null, 70)) {
                snapshot.save(folder.resolve("tokens"));
                assertNull(Snapshot.load(base.model(), folder.resolve("tokens")).origin());
            }
        }
    }

    /** Low-rank changes of every in_proj, as those of LoRA. */
    private record Factors(ModelCase base) implements Adapter {
        @Override
        public Weight weight(String name, Weight weight) {
            if (!name.endsWith("in_proj.weight")) {
                return weight;
            }
            Shape shape = weight.shape();
            return weight.with(new WeightChange.LowRank(
                    RandomValues.array(base.scope(), new Shape(2, shape.get(1)), name.hashCode()),
                    RandomValues.array(base.scope(), new Shape(shape.get(0), 2), name.hashCode() + 1L),
                    0.5f));
        }
    }

    /** Counts the positions that go through convolutions. */
    private record Counting(Kernel kernel, AtomicLong positions) implements Kernel {
        long count(LanguageModel model, NDArray ids) {
            positions.set(0);
            model.forward(ids);
            return positions.get();
        }

        @Override
        public String name() {
            return kernel.name();
        }

        @Override
        public Mixer mixer(Layer layer) {
            Mixer mixer = kernel.mixer(layer);
            return new Mixer() {
                @Override
                public NDArray project(NDArray residual) {
                    return mixer.project(residual);
                }

                @Override
                public Front convolve(NDArray projected, NDArray convWindow, int[] lengths) {
                    positions.addAndGet(projected.getShape().get(1));
                    return mixer.convolve(projected, convWindow, lengths);
                }

                @Override
                public Scan scan(Front front, NDArray state) {
                    return mixer.scan(front, state);
                }

                @Override
                public Scan step(Front front, NDArray state) {
                    return mixer.step(front, state);
                }

                @Override
                public Back back(NDArray y, NDArray z) {
                    return mixer.back(y, z);
                }
            };
        }
    }
}
