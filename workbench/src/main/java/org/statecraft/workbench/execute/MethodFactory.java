package org.statecraft.workbench.execute;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.Together;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.bottleneck.Bottleneck;
import org.statecraft.peft.bottleneck.BottleneckConfig;
import org.statecraft.peft.suffix.Suffix;
import org.statecraft.peft.suffix.SuffixConfig;
import org.statecraft.workbench.recipe.BottleneckSpec;
import org.statecraft.workbench.recipe.MethodSpec;
import org.statecraft.workbench.recipe.StateOffsetSpec;
import org.statecraft.workbench.recipe.SuffixSpec;
import org.statecraft.workbench.recipe.TogetherSpec;

/**
 * Makes untrained adapters of what recipes say.
 *
 * @param seed decides their random values
 * @param offsets makes state offsets, whose places may depend on the training data
 */
record MethodFactory(Tokenizer tokenizer, long seed, OffsetFactory offsets) {

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
        }
        return together((TogetherSpec) method, model);
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
