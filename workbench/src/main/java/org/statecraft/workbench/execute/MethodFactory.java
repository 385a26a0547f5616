package org.statecraft.workbench.execute;

import java.util.ArrayList;
import java.util.List;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.Together;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.lora.Lora;
import org.statecraft.peft.lora.LoraConfig;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.workbench.recipe.LoraSpec;
import org.statecraft.workbench.recipe.MethodSpec;
import org.statecraft.workbench.recipe.StateOffsetSpec;
import org.statecraft.workbench.recipe.TogetherSpec;

/**
 * Makes untrained adapters of what recipes say.
 *
 * @param seed decides their random values
 */
record MethodFactory(Tokenizer tokenizer, long seed) {

    /** An untrained adapter for the model as it is now. */
    TunableAdapter create(MethodSpec method, LanguageModel model) {
        if (method instanceof StateOffsetSpec spec) {
            return StateOffset.create(
                    model, new StateOffsetConfig(spec.form(), spec.rank() == null ? 0 : spec.rank()), seed);
        }
        if (method instanceof LoraSpec spec) {
            LoraConfig config = new LoraConfig(spec.variant(), spec.rank(), spec.alpha());
            return Lora.create(model, config, spec.targets(), new LayerRange(spec.layers()), seed);
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
