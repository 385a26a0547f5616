package org.statecraft.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.statecraft.model.InputException;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.LayerShape;
import org.statecraft.model.mamba1.Mamba1Shape;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.additionalscan.AdditionalScan;
import org.statecraft.peft.additionalscan.AdditionalScanConfig;
import org.statecraft.peft.bitfit.BitFit;
import org.statecraft.peft.bitfit.BitFitConfig;
import org.statecraft.peft.bottleneck.Bottleneck;
import org.statecraft.peft.bottleneck.BottleneckConfig;
import org.statecraft.peft.full.Full;
import org.statecraft.peft.full.FullConfig;
import org.statecraft.peft.initialstate.InitialState;
import org.statecraft.peft.initialstate.InitialStateConfig;
import org.statecraft.peft.lora.Lora;
import org.statecraft.peft.lora.LoraConfig;
import org.statecraft.peft.prefix.Prefix;
import org.statecraft.peft.prefix.PrefixConfig;
import org.statecraft.peft.prompt.Prompt;
import org.statecraft.peft.prompt.PromptStart;
import org.statecraft.peft.sparse.Sparse;
import org.statecraft.peft.sparse.SparseConfig;
import org.statecraft.peft.sparse.SparseWarmup;
import org.statecraft.peft.stateoffset.Placement;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.peft.suffix.Suffix;
import org.statecraft.peft.suffix.SuffixConfig;

/**
 * Every tuning method, those of {@code recipes/peft-comparison.yaml} under the names that they have there. Where a size can be
 * chosen it comes nearest to the trained values of the first one; then follow those whose size the model decides.
 */
final class TuningMethods {
    static final String STATE_OFFSET = "state-offset";
    static final String FULL_OFFSET = "state-offset-full";
    static final String LORA_IN = "lora-in";

    /** What the recipe says for a model of 130m. */
    private static final int RANK = 16;

    private static final long SEED = 7;

    private TuningMethods() {}

    /** Makes an untrained adapter. */
    @FunctionalInterface
    interface Method {
        TunableAdapter create(LanguageModel model);
    }

    /** Makes an untrained adapter of a size that can be chosen; the trained values are a linear function of it. */
    @FunctionalInterface
    private interface Sized {
        TunableAdapter create(LanguageModel model, int size);
    }

    /** Those that a model can have, by name. */
    static Map<String, Method> of(LanguageModel base) {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put(STATE_OFFSET, TuningMethods::reference);
        all.put("state-offset-placed", model -> StateOffset.placed(model, evenly(model, budget(model))));
        all.put("suffix", fitted((m, size) -> Suffix.create(m, new SuffixConfig(size, LayerRange.ALL), SEED)));
        all.put("prompt", fitted((m, size) -> Prompt.create(m, size, new PromptStart.Vocabulary(), SEED)));
        all.put("prefix", fitted((m, size) -> Prefix.create(m, PrefixConfig.of(size), SEED)));
        all.put(LORA_IN, lora(LoraConfig.Variant.LORA, "in_proj"));
        all.put("lora-out", lora(LoraConfig.Variant.LORA, "out_proj"));
        all.put("dora-out", lora(LoraConfig.Variant.DORA, "out_proj"));
        all.put(
                "additional-scan",
                fitted((m, size) -> AdditionalScan.create(m, new AdditionalScanConfig(size, LayerRange.ALL), SEED)));
        all.put("bottleneck", fitted(TuningMethods::bottleneck));
        all.put("sparse", TuningMethods::sparse);
        all.put("initial-state", model -> InitialState.create(model, initialState(InitialStateConfig.Form.STATE)));
        all.put(
                "initial-state-and-window",
                model -> InitialState.create(model, initialState(InitialStateConfig.Form.STATE_AND_WINDOW)));
        all.put("bitfit", model -> BitFit.create(model, BitFitConfig.DEFAULT));
        all.put(FULL_OFFSET, model -> StateOffset.create(model, StateOffsetConfig.of(Form.FULL), SEED));
        all.put("state-offset-output", model -> StateOffset.create(model, StateOffsetConfig.of(Form.OUTPUT), SEED));
        if (BenchModels.architecture(base).equals(BenchShape.MAMBA2)) {
            all.put(
                    "state-offset-head-shared",
                    model -> StateOffset.create(model, StateOffsetConfig.of(Form.HEAD_SHARED), SEED));
        }
        all.put("full", model -> Full.create(model, FullConfig.ALL));
        return all;
    }

    /**
     * Some of them, in the order of {@link #of}.
     *
     * @param names none for all
     * @throws InputException for a name that none has
     */
    static Map<String, Method> chosen(LanguageModel base, List<String> names) {
        Map<String, Method> all = of(base);
        for (String name : names) {
            if (!all.containsKey(name)) {
                throw new InputException("method '" + name + "' is not known; expected some of " + all.keySet());
            }
        }
        if (!names.isEmpty()) {
            all.keySet().retainAll(names);
        }
        return all;
    }

    private static TunableAdapter reference(LanguageModel model) {
        return StateOffset.create(model, StateOffsetConfig.lowRank(RANK), SEED);
    }

    private static Method lora(LoraConfig.Variant variant, String target) {
        return fitted((model, size) ->
                Lora.create(model, new LoraConfig(variant, size, size), List.of(target), LayerRange.ALL, SEED));
    }

    private static TunableAdapter bottleneck(LanguageModel model, int size) {
        BottleneckConfig config =
                new BottleneckConfig(List.of("out_proj"), size, BottleneckConfig.Activation.SILU, LayerRange.ALL);
        return Bottleneck.create(model, config, SEED);
    }

    /** With the shares of the recipe; which entries they are changes no time. */
    private static TunableAdapter sparse(LanguageModel model) {
        try (SparseWarmup warmup = SparseWarmup.create(model, new SparseConfig(0.5, 0.14, LayerRange.ALL))) {
            return Sparse.create(model, warmup.selection());
        }
    }

    private static InitialStateConfig initialState(InitialStateConfig.Form form) {
        return new InitialStateConfig(form, LayerRange.ALL);
    }

    private static long budget(LanguageModel model) {
        return count(reference(model));
    }

    private static long count(TunableAdapter adapter) {
        try (adapter) {
            return adapter.parameterCount();
        }
    }

    private static Method fitted(Sized method) {
        return model -> {
            long one = count(method.create(model, 1));
            long further = count(method.create(model, 2)) - one;
            long size = 1 + Math.max(0, Math.round((budget(model) - one) / (double) further));
            return method.create(model, Math.toIntExact(size));
        };
    }

    /** Heads, or channels of Mamba-1, that take so many values together, equally many in each layer. */
    private static Placement evenly(LanguageModel model, long values) {
        LayerShape shape = model.layers().get(0).shape();
        boolean channels = shape instanceof Mamba1Shape;
        long unit = shape.state() * (channels ? 1 : shape.headDim());
        long wanted = Math.round((double) values / unit / model.layers().size());
        // a low-rank offset of rank 16 has more values than a full one where the state is 16 wide
        long perLayer = Math.max(1, Math.min(wanted, channels ? shape.dInner() : shape.heads()));
        List<Integer> units =
                IntStream.range(0, Math.toIntExact(perLayer)).boxed().toList();
        TreeMap<Integer, List<Integer>> all = new TreeMap<>();
        for (int layer = 0; layer < model.layers().size(); layer++) {
            all.put(layer, units);
        }
        return new Placement(all);
    }
}
