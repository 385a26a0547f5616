package org.statecraft.workbench.execute;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.Together;
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
import org.statecraft.peft.sparse.Selection;
import org.statecraft.peft.sparse.Sparse;
import org.statecraft.peft.sparse.SparseConfig;
import org.statecraft.peft.sparse.SparseWarmup;
import org.statecraft.peft.suffix.Suffix;
import org.statecraft.peft.suffix.SuffixConfig;
import org.statecraft.workbench.recipe.AdditionalScanSpec;
import org.statecraft.workbench.recipe.BitFitSpec;
import org.statecraft.workbench.recipe.BottleneckSpec;
import org.statecraft.workbench.recipe.FullSpec;
import org.statecraft.workbench.recipe.InitialStateSpec;
import org.statecraft.workbench.recipe.LoraSpec;
import org.statecraft.workbench.recipe.MethodSpec;
import org.statecraft.workbench.recipe.PrefixSpec;
import org.statecraft.workbench.recipe.PromptSpec;
import org.statecraft.workbench.recipe.SparseSpec;
import org.statecraft.workbench.recipe.StateOffsetSpec;
import org.statecraft.workbench.recipe.SuffixSpec;
import org.statecraft.workbench.recipe.TogetherSpec;

/**
 * Makes untrained adapters of what recipes say.
 *
 * @param seed decides their random values
 * @param offsets makes state offsets, whose places may depend on the training data
 * @param selection what the warm-up of sparse dimension tuning found; null before, when the warm-up itself is made
 */
record MethodFactory(Tokenizer tokenizer, long seed, OffsetFactory offsets, Selection selection) {
    MethodFactory(Tokenizer tokenizer, long seed, OffsetFactory offsets) {
        this(tokenizer, seed, offsets, null);
    }

    MethodFactory with(Selection found) {
        return new MethodFactory(tokenizer, seed, offsets, found);
    }

    /** For looking at a size alone: where a warm-up would select, it takes the first entries, which are as many. */
    MethodFactory selectingAnything(MethodSpec method, LanguageModel model) {
        if (WarmUp.of(method) == null) {
            return this;
        }
        try (TunableAdapter adapter = create(method, model)) {
            return with(SparseWarmup.in(adapter).selection());
        }
    }

    /** An untrained adapter for the model as it is now. */
    TunableAdapter create(MethodSpec method, LanguageModel model) {
        if (method instanceof StateOffsetSpec spec) {
            return offsets.create(spec, model, seed);
        } else if (method instanceof SuffixSpec spec) {
            int rank = spec.rank() == null ? 0 : spec.rank();
            return Suffix.create(model, new SuffixConfig(rank, new LayerRange(spec.layers())), seed);
        } else if (method instanceof BottleneckSpec spec) {
            BottleneckConfig config =
                    new BottleneckConfig(spec.targets(), spec.rank(), spec.activation(), new LayerRange(spec.layers()));
            return Bottleneck.create(model, config, seed);
        } else if (method instanceof LoraSpec spec) {
            LoraConfig config = new LoraConfig(spec.variant(), spec.rank(), spec.alpha());
            return Lora.create(model, config, spec.targets(), new LayerRange(spec.layers()), seed);
        } else if (method instanceof BitFitSpec spec) {
            return BitFit.create(model, new BitFitConfig(spec.targets(), new LayerRange(spec.layers())));
        } else if (method instanceof FullSpec spec) {
            return Full.create(model, new FullConfig(spec.targets(), new LayerRange(spec.layers())));
        } else if (method instanceof AdditionalScanSpec spec) {
            return AdditionalScan.create(
                    model, new AdditionalScanConfig(spec.columns(), new LayerRange(spec.layers())), seed);
        } else if (method instanceof SparseSpec spec) {
            return selection == null ? SparseWarmup.create(model, config(spec)) : Sparse.create(model, selection);
        } else if (method instanceof InitialStateSpec spec) {
            return InitialState.create(model, new InitialStateConfig(spec.form(), new LayerRange(spec.layers())));
        } else if (method instanceof PromptSpec spec) {
            return Prompt.create(model, spec.tokens(), promptStart(spec), seed);
        } else if (method instanceof PrefixSpec spec) {
            int network = spec.networkWidth() == null ? 0 : spec.networkWidth();
            return Prefix.create(model, new PrefixConfig(spec.tokens(), network, new LayerRange(spec.layers())), seed);
        }
        return together((TogetherSpec) method, model);
    }

    private PromptStart promptStart(PromptSpec spec) {
        return switch (spec.init()) {
            case RANDOM -> new PromptStart.Random();
            case VOCABULARY -> new PromptStart.Vocabulary();
            case TEXT ->
                new PromptStart.Text(
                        spec.text(),
                        IntStream.of(tokenizer.encode(spec.text())).boxed().toList());
        };
    }

    private static SparseConfig config(SparseSpec spec) {
        return new SparseConfig(spec.channels(), spec.states(), new LayerRange(spec.layers()));
    }

    private Together together(TogetherSpec spec, LanguageModel model) {
        List<TunableAdapter> parts = new ArrayList<>();
        try {
            LanguageModel adapted = model;
            for (MethodSpec method : spec.methods()) {
                TunableAdapter part = create(method, adapted);
                parts.add(part);
                adapted = adapted.with(part);
            }
            return new Together(parts);
        } catch (RuntimeException e) {
            parts.forEach(TunableAdapter::close);
            throw e;
        }
    }
}
