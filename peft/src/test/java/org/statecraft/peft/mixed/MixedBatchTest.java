package org.statecraft.peft.mixed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.statecraft.model.testing.Close.assertClose;
import static org.statecraft.model.testing.Close.distance;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.statecraft.model.Adapter;
import org.statecraft.model.Decoder;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.ModelState;
import org.statecraft.model.Snapshot;
import org.statecraft.model.TokenBatch;
import org.statecraft.model.testing.KernelCase;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.model.testing.Tolerances;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TunableAdapter;
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
import org.statecraft.peft.testing.RandomValues;

/** Rows with different adapters in one batch equal each row alone. */
class MixedBatchTest {
    private static final int[][] TOKENS = {
        {5, 9, 2}, {7, 7, 1, 30, 2, 8}, {3}, {11, 4, 60, 2}, {5, 9, 2}, {40, 2, 3, 3, 3}, {8, 1}
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

    /** Offsets that are all products of two factors are applied as such. */
    @ParameterizedTest
    @MethodSource("cases")
    void lowRankOffsetsOfDifferentRanksEqualThemselvesAlone(KernelCase c) {
        try (ModelCase base = c.open()) {
            LanguageModel m = base.model();
            List<Adapter> adapters = new ArrayList<>();
            adapters.add(trained(StateOffset.create(m, StateOffsetConfig.lowRank(2), 1)));
            adapters.add(null);
            adapters.add(trained(StateOffset.create(m, StateOffsetConfig.lowRank(3), 2)));
            assertRowsEqualThemselvesAlone(base, adapters);
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
            List<Adapter> adapters = shareable(base);
            try (RowAdapters rows = RowAdapters.of(base.model(), adapters)) {
                LanguageModel mixed = base.model().with(rows);
                TokenBatch batch = TokenBatch.padded(base.scope(), Arrays.asList(TOKENS));
                int[] left = {5, 0, 2};
                try (Decoder decoder = mixed.decoder(mixed.prefill(batch, null).state())) {
                    decoder.step(new int[] {1, 2, 3, 4, 5, 6, 7});
                    decoder.keep(left);
                    NDArray logits = decoder.step(new int[] {20, 21, 22});
                    for (int i = 0; i < left.length; i++) {
                        int[] tokens = Arrays.copyOf(TOKENS[left[i]], TOKENS[left[i]].length + 2);
                        tokens[tokens.length - 2] = left[i] + 1;
                        tokens[tokens.length - 1] = 20 + i;
                        NDArray expected =
                                alone(base, adapters.get(left[i]), tokens).get("0, -1");
                        assertClose("row " + left[i], expected, logits.get(i), Tolerances.LOGITS);
                    }
                }
            }
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
