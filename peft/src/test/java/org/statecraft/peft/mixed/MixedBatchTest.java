package org.statecraft.peft.mixed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.statecraft.model.Adapter;
import org.statecraft.model.Decoder;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Snapshot;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.fused.FusedKernel;
import org.statecraft.model.mamba1.Mamba1Layer;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.bottleneck.Bottleneck;
import org.statecraft.peft.bottleneck.BottleneckConfig;
import org.statecraft.peft.bottleneck.BottleneckConfig.Activation;
import org.statecraft.peft.initialstate.InitialState;
import org.statecraft.peft.initialstate.InitialStateConfig;
import org.statecraft.peft.lora.Lora;
import org.statecraft.peft.lora.LoraConfig;
import org.statecraft.peft.lora.LoraConfig.Variant;
import org.statecraft.peft.prompt.Prompt;
import org.statecraft.peft.prompt.PromptStart;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.peft.suffix.Suffix;
import org.statecraft.peft.suffix.SuffixConfig;
import org.statecraft.peft.testing.RandomValues;

/** Rows with different adapters in one batch equal each row alone. */
class MixedBatchTest {
    private static final int[][] TOKENS = {
        {5, 9, 2}, {7, 7, 1, 30, 2, 8}, {3}, {11, 4, 60, 2}, {5, 9, 2}, {40, 2, 3, 3, 3}, {8, 1}, {6, 6, 17}
    };

    static List<KernelCase> cases() {
        return KernelCase.full().stream()
                .filter(c -> List.of("mamba1-tiny", "mamba2-tiny-g1", "mamba2-tiny-g2")
                        .contains(c.model()))
                .toList();
    }

    /** One adapter of each kind that can share a pass, and the bare model. */
    private static List<Adapter> shareable(ModelCase base) {
        LanguageModel m = base.model();
        TunableAdapter prompt = Prompt.create(m, 3, new PromptStart.Random(), 1);
        ModelState read = m.with(prompt).initialState(base.scope());
        List<Adapter> adapters = new ArrayList<>(List.of(
                trained(StateOffset.create(m, StateOffsetConfig.of(Form.FULL), 1)),
                trained(StateOffset.create(m, StateOffsetConfig.lowRank(2), 2)),
                trained(Suffix.create(m, new SuffixConfig(2, LayerRange.ALL), 5)),
                trained(Lora.create(
                        m, new LoraConfig(Variant.LORA, 2, 4), List.of("in_proj", "out_proj"), LayerRange.ALL, 3)),
                trained(Lora.create(m, new LoraConfig(Variant.LORA, 3, 3), List.of("x", "B"), new LayerRange("1"), 4)),
                trained(InitialState.create(
                        m, new InitialStateConfig(InitialStateConfig.Form.STATE_AND_WINDOW, LayerRange.ALL))),
                Snapshot.of(m, read, null, 0)));
        adapters.add(null);
        return adapters;
    }

    private static TunableAdapter trained(TunableAdapter adapter) {
        RandomValues.nudge(adapter, 0.3, 9);
        return adapter;
    }

    private static NDArray alone(ModelCase base, Adapter adapter, int[] tokens) {
        LanguageModel model = adapter == null ? base.model() : base.model().with(adapter);
        TokenBatch one = TokenBatch.padded(base.scope(), List.of(tokens));
        return model.logits(model.forward(one, null, null).hidden());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyRowEqualsItselfAlone(KernelCase c) {
        try (ModelCase base = c.open()) {
            assertRowsEqualThemselvesAlone(base, shareable(base));
        }
    }

    /** Only products of two factors, of different ranks, which are applied as such. */
    private static List<Adapter> factored(ModelCase base) {
        LanguageModel m = base.model();
        List<Adapter> adapters = new ArrayList<>();
        adapters.add(trained(StateOffset.create(m, StateOffsetConfig.lowRank(2), 1)));
        adapters.add(null);
        adapters.add(trained(StateOffset.create(m, StateOffsetConfig.lowRank(3), 2)));
        return adapters;
    }

    /** Only constants, and the factors of every linear map. */
    private static List<Adapter> constantsAndMaps(ModelCase base) {
        LanguageModel m = base.model();
        List<String> maps =
                isMamba1(base) ? List.of("in_proj", "x_proj", "dt_proj", "out_proj") : List.of("in_proj", "out_proj");
        List<Adapter> adapters = new ArrayList<>();
        adapters.add(trained(StateOffset.create(m, StateOffsetConfig.of(Form.OUTPUT), 1)));
        adapters.add(null);
        adapters.add(trained(Lora.create(m, new LoraConfig(Variant.LORA, 2, 4), maps, LayerRange.ALL, 3)));
        return adapters;
    }

    private static boolean isMamba1(ModelCase base) {
        return base.model().layers().get(0) instanceof Mamba1Layer;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsOfFactorsAndConstantsEqualThemselvesAlone(KernelCase c) {
        try (ModelCase base = c.open()) {
            assertRowsEqualThemselvesAlone(base, factored(base));
            assertRowsEqualThemselvesAlone(base, constantsAndMaps(base));
        }
    }

    private static void assertRowsEqualThemselvesAlone(ModelCase base, List<Adapter> adapters) {
        int[][] tokens = Arrays.copyOf(TOKENS, adapters.size());
        try (RowAdapters rows = RowAdapters.of(base.model(), adapters)) {
            LanguageModel mixed = base.model().with(rows);
            TokenBatch batch = TokenBatch.padded(base.scope(), Arrays.asList(tokens));
            NDArray logits = mixed.logits(mixed.forward(batch, null, null).hidden());
            for (int r = 0; r < tokens.length; r++) {
                NDArray expected = alone(base, adapters.get(r), tokens[r]);
                NDArray row = logits.get(new NDIndex("{}:{}, :{}", r, r + 1, tokens[r].length));
                assertClose("row " + r, expected, row, Tolerances.LOGITS);
                if (adapters.get(r) != null) {
                    assertTrue(distance(alone(base, null, tokens[r]), row) > 1e-3, "its adapter has an effect");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodingGoesOnWhenRowsLeave(KernelCase c) {
        try (ModelCase base = c.open()) {
            assertDecodingGoesOn(base, shareable(base), 5, 0, 2);
            assertDecodingGoesOn(base, factored(base), 2, 0);
            assertDecodingGoesOn(base, constantsAndMaps(base), 2, 2, 0);
        }
    }

    private static void assertDecodingGoesOn(ModelCase base, List<Adapter> adapters, int... left) {
        int[][] prompts = Arrays.copyOf(TOKENS, adapters.size());
        try (RowAdapters rows = RowAdapters.of(base.model(), adapters)) {
            LanguageModel mixed = base.model().with(rows);
            TokenBatch batch = TokenBatch.padded(base.scope(), Arrays.asList(prompts));
            try (Decoder decoder = mixed.decoder(mixed.prefill(batch, null).state())) {
                decoder.step(IntStream.rangeClosed(1, adapters.size()).toArray());
                decoder.keep(left);
                NDArray logits =
                        decoder.step(IntStream.range(20, 20 + left.length).toArray());
                for (int i = 0; i < left.length; i++) {
                    int[] prompt = prompts[left[i]];
                    int[] tokens = Arrays.copyOf(prompt, prompt.length + 2);
                    tokens[prompt.length] = left[i] + 1;
                    tokens[prompt.length + 1] = 20 + i;
                    NDArray expected =
                            alone(base, adapters.get(left[i]), tokens).get("0, -1");
                    assertClose("row " + left[i], expected, logits.get(i), Tolerances.LOGITS);
                }
            }
        }
    }

    /** One adapter stays one when its only row is multiplied, as a beam search does; so do those of a batch of one row. */
    @ParameterizedTest
    @MethodSource("cases")
    void oneRowBecomesSeveral(KernelCase c) {
        try (ModelCase base = c.open()) {
            LanguageModel m = base.model();
            Adapter offset = trained(StateOffset.create(m, StateOffsetConfig.of(Form.FULL), 1));
            Adapter lora =
                    trained(Lora.create(m, new LoraConfig(Variant.LORA, 2, 4), List.of("in_proj"), LayerRange.ALL, 3));
            assertOneRowBecomesSeveral(base, offset, offset);
            for (Adapter only : List.of(offset, lora)) {
                try (RowAdapters rows = RowAdapters.of(m, List.of(only))) {
                    assertOneRowBecomesSeveral(base, rows, only);
                }
            }
        }
    }

    private static void assertOneRowBecomesSeveral(ModelCase base, Adapter decoded, Adapter expectedOf) {
        LanguageModel model = base.model().with(decoded);
        TokenBatch batch = TokenBatch.padded(base.scope(), List.of(new int[] {5, 9, 2}));
        try (Decoder decoder = model.decoder(model.prefill(batch, null).state())) {
            decoder.keep(new int[] {0, 0});
            NDArray logits = decoder.step(new int[] {7, 8});
            for (int i = 0; i < 2; i++) {
                NDArray expected =
                        alone(base, expectedOf, new int[] {5, 9, 2, 7 + i}).get("0, -1");
                assertClose("row " + i, expected, logits.get(i), Tolerances.LOGITS);
            }
        }
    }

    /** The fused kernel decodes with one call for each token, whatever the rows have; an operator that is no read-out stops that. */
    @ParameterizedTest
    @ValueSource(strings = {"mamba1-tiny", "mamba2-tiny-g2"})
    void fusedKernelDecodesMixedRowsInOneCall(String name) {
        try (ModelCase base = ModelCase.open(name, new FusedKernel())) {
            String oneCall = decoder(base, null, 8);
            try (RowAdapters rows = RowAdapters.of(base.model(), shareable(base))) {
                assertEquals(oneCall, decoder(base, rows, 8));
            }
            BottleneckConfig config = new BottleneckConfig(List.of("out_proj"), 2, Activation.RELU, LayerRange.ALL);
            assertNotEquals(oneCall, decoder(base, Bottleneck.create(base.model(), config, 1), 1));
        }
    }

    private static String decoder(ModelCase base, Adapter adapter, int rows) {
        LanguageModel model = adapter == null ? base.model() : base.model().with(adapter);
        try (ModelState one = base.model().initialState(base.scope());
                ModelState start = one.rows(new int[rows]);
                Decoder decoder = model.decoder(start)) {
            return decoder.getClass().getSimpleName();
        }
    }

    @Test
    void othersAreGroupedByAdapter() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            Adapter prompt = Prompt.create(base.model(), 2, new PromptStart.Random(), 1);
            Adapter dora = trained(Lora.create(
                    base.model(), new LoraConfig(Variant.DORA, 2, 4), List.of("in_proj"), LayerRange.ALL, 3));
            Adapter offset = trained(StateOffset.create(base.model(), StateOffsetConfig.of(Form.FULL), 1));
            Adapter[] of = {offset, prompt, null, dora, prompt, offset, dora};
            List<MixedBatch.Request> requests = new ArrayList<>();
            for (int i = 0; i < of.length; i++) {
                requests.add(new MixedBatch.Request(TOKENS[i], of[i]));
            }
            MixedBatch batch = new MixedBatch(base.model());
            assertEquals(
                    List.of(
                            new MixedBatch.Pass(List.of(0, 2, 5), true),
                            new MixedBatch.Pass(List.of(1, 4), false),
                            new MixedBatch.Pass(List.of(3, 6), false)),
                    batch.plan(requests));
            List<NDArray> logits = batch.lastLogits(base.scope(), requests);
            for (int i = 0; i < of.length; i++) {
                NDArray expected = alone(base, of[i], TOKENS[i]).get("0, -1");
                assertClose("request " + i, expected, logits.get(i), Tolerances.LOGITS);
            }
        }
    }

    @Test
    void adapterThatCannotShareAPassIsNamedWithItsReason() {
        try (ModelCase base = ModelCase.open("mamba2-tiny-g1")) {
            Adapter prompt = Prompt.create(base.model(), 2, new PromptStart.Random(), 1);
            InputException refused =
                    assertThrows(InputException.class, () -> RowAdapters.of(base.model(), Arrays.asList(null, prompt)));
            assertTrue(
                    refused.getMessage().startsWith("the adapter of row 1 puts rows before layer 0"),
                    refused.getMessage());
        }
    }
}
