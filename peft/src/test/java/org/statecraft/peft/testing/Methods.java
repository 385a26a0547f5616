package org.statecraft.peft.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.statecraft.model.Kernels;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.testing.ModelCase;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.additionalscan.AdditionalScan;
import org.statecraft.peft.additionalscan.AdditionalScanConfig;
import org.statecraft.peft.bitfit.BitFit;
import org.statecraft.peft.bitfit.BitFitConfig;
import org.statecraft.peft.bottleneck.Bottleneck;
import org.statecraft.peft.bottleneck.BottleneckConfig;
import org.statecraft.peft.bottleneck.BottleneckConfig.Activation;
import org.statecraft.peft.full.Full;
import org.statecraft.peft.full.FullConfig;
import org.statecraft.peft.initialstate.InitialState;
import org.statecraft.peft.initialstate.InitialStateConfig;
import org.statecraft.peft.lora.Lora;
import org.statecraft.peft.lora.LoraConfig;
import org.statecraft.peft.lora.LoraConfig.Variant;
import org.statecraft.peft.prefix.Prefix;
import org.statecraft.peft.prefix.PrefixConfig;
import org.statecraft.peft.prompt.Prompt;
import org.statecraft.peft.prompt.PromptStart;
import org.statecraft.peft.sparse.Selection;
import org.statecraft.peft.sparse.Sparse;
import org.statecraft.peft.sparse.SparseConfig;
import org.statecraft.peft.sparse.SparseWarmup;
import org.statecraft.peft.stateoffset.Placement;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.peft.suffix.Suffix;
import org.statecraft.peft.suffix.SuffixConfig;

/** Every method, for the laws that hold over all of them: a new one adds its lines. */
public final class Methods {
    private static final List<Method> ALL = List.of(
            new Method("bitfit", (m, s) -> BitFit.create(m, BitFitConfig.DEFAULT)),
            new Method("full", (m, s) -> Full.create(m, FullConfig.ALL)),
            new Method("full of slices", (m, s) -> Full.create(m, partial())),
            new Method(
                    "additional-scan",
                    (m, s) -> AdditionalScan.create(m, new AdditionalScanConfig(3, LayerRange.ALL), s)),
            new Method("sparse", (m, s) -> Sparse.create(m, selection(m))),
            new Method("state-offset full", (m, s) -> StateOffset.create(m, StateOffsetConfig.of(Form.FULL), s)),
            new Method("state-offset low-rank", (m, s) -> StateOffset.create(m, StateOffsetConfig.lowRank(3), s)),
            new Method("state-offset output", (m, s) -> StateOffset.create(m, StateOffsetConfig.of(Form.OUTPUT), s)),
            new Method(
                            "state-offset head-shared",
                            (m, s) -> StateOffset.create(m, StateOffsetConfig.of(Form.HEAD_SHARED), s))
                    .onMamba2Only(),
            initialState(InitialStateConfig.Form.STATE, "all"),
            initialState(InitialStateConfig.Form.STATE_AND_WINDOW, "1"),
            new Method("prompt random", (m, s) -> Prompt.create(m, 3, new PromptStart.Random(), s)),
            new Method("prompt vocabulary", (m, s) -> Prompt.create(m, 2, new PromptStart.Vocabulary(), s)),
            new Method("prefix", (m, s) -> Prefix.create(m, PrefixConfig.of(3), s)),
            new Method(
                    "prefix of a network", (m, s) -> Prefix.create(m, new PrefixConfig(2, 5, new LayerRange("0")), s)),
            new Method("lora", (m, s) -> lora(m, Variant.LORA, s, "x", "B", "out_proj", "conv1d", "embeddings")),
            new Method("rslora", (m, s) -> lora(m, Variant.RSLORA, s, "in_proj", "dt")).onMamba1Only(),
            new Method("dora", (m, s) -> lora(m, Variant.DORA, s, "z", "C", "out_proj", "conv1d")).withDetachedNorm(),
            new Method(
                    "state-offset reshaped",
                    (m, s) -> StateOffset.create(m, StateOffsetConfig.lowRank(3).reshaped(4), s)),
            new Method(
                    "state-offset in one layer",
                    (m, s) -> StateOffset.create(
                            m, StateOffsetConfig.of(Form.FULL).in(new LayerRange("1")), s)),
            new Method("state-offset placed", (m, s) -> StateOffset.placed(m, twoUnits())),
            new Method("suffix", (m, s) -> Suffix.create(m, new SuffixConfig(0, LayerRange.ALL), s)),
            new Method("suffix low-rank", (m, s) -> Suffix.create(m, new SuffixConfig(2, LayerRange.ALL), s)),
            new Method("bottleneck", (m, s) -> bottleneck(m, s, Activation.SILU, "in_proj", "out_proj")),
            new Method("bottleneck on one", (m, s) -> bottleneck(m, s, Activation.NONE, "out_proj")),
            new Method("bottleneck on x_proj", (m, s) -> bottleneck(m, s, Activation.RELU, "x_proj", "dt_proj"))
                    .onMamba1Only());

    private static Method initialState(InitialStateConfig.Form form, String layers) {
        return new Method(
                "initial-state " + form,
                (m, s) -> InitialState.create(m, new InitialStateConfig(form, new LayerRange(layers))));
    }

    private Methods() {}

    private static Lora lora(LanguageModel model, Variant variant, long seed, String... targets) {
        return Lora.create(model, new LoraConfig(variant, 3, 6), List.of(targets), LayerRange.ALL, seed);
    }

    private static Placement twoUnits() {
        return new Placement(new TreeMap<>(Map.of(0, List.of(1, 5), 1, List.of(3))));
    }

    private static TunableAdapter bottleneck(LanguageModel model, long seed, Activation activation, String... targets) {
        BottleneckConfig config = new BottleneckConfig(List.of(targets), 3, activation, LayerRange.ALL);
        return Bottleneck.create(model, config, seed);
    }

    private static FullConfig partial() {
        return new FullConfig(List.of("A_log", "B", "C", "x", "embeddings"), new LayerRange("0"));
    }

    /** What an imagined warm-up found. */
    private static Selection selection(LanguageModel model) {
        try (SparseWarmup warmup = SparseWarmup.create(model, new SparseConfig(0.3, 0.3, LayerRange.ALL))) {
            RandomValues.nudge(warmup, 1, 4);
            return warmup.selection();
        }
    }

    /**
     * How an untrained adapter of a method is made.
     *
     * @param models where it is defined: the beginning of the names of such fixtures
     * @param differentiable false where the gradient is by definition not that of the loss: DoRA holds its norm constant
     */
    public record Method(
            String name,
            BiFunction<LanguageModel, Long, TunableAdapter> create,
            String models,
            boolean differentiable) {
        Method(String name, BiFunction<LanguageModel, Long, TunableAdapter> create) {
            this(name, create, "mamba", true);
        }

        Method onMamba2Only() {
            return new Method(name, create, "mamba2", differentiable);
        }

        Method onMamba1Only() {
            return new Method(name, create, "mamba1", differentiable);
        }

        Method withDetachedNorm() {
            return new Method(name, create, models, false);
        }
    }

    /** A method on a model of the fixtures, run by a kernel. */
    public record Case(Method method, String model, Kernels kernel) {
        public ModelCase open() {
            return ModelCase.open(model, kernel.make());
        }

        public TunableAdapter create(ModelCase base, long seed) {
            return method.create().apply(base.model(), seed);
        }

        @Override
        public String toString() {
            return method.name() + " on " + model + ", " + kernel;
        }
    }

    /** Every method on one model of each kind, with both kernels. */
    public static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (Method method : ALL) {
            for (String model : List.of("mamba1-tiny", "mamba2-tiny-g1", "mamba2-tiny-g2")) {
                if (model.startsWith(method.models())) {
                    cases.add(new Case(method, model, Kernels.REFERENCE));
                    cases.add(new Case(method, model, Kernels.FUSED));
                }
            }
        }
        return cases;
    }
}
