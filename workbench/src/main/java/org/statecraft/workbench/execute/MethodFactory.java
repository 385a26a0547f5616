package org.statecraft.workbench.execute;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.statecraft.model.LanguageModel;
import org.statecraft.model.Tokenizer;
import org.statecraft.peft.LayerRange;
import org.statecraft.peft.Together;
import org.statecraft.peft.TunableAdapter;
import org.statecraft.peft.initialstate.InitialState;
import org.statecraft.peft.initialstate.InitialStateConfig;
import org.statecraft.peft.prefix.Prefix;
import org.statecraft.peft.prefix.PrefixConfig;
import org.statecraft.peft.prompt.Prompt;
import org.statecraft.peft.prompt.PromptStart;
import org.statecraft.peft.stateoffset.StateOffset;
import org.statecraft.peft.stateoffset.StateOffsetConfig;
import org.statecraft.workbench.recipe.InitialStateSpec;
import org.statecraft.workbench.recipe.MethodSpec;
import org.statecraft.workbench.recipe.PrefixSpec;
import org.statecraft.workbench.recipe.PromptSpec;
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
        if (method instanceof InitialStateSpec spec) {
            return InitialState.create(model, new InitialStateConfig(spec.form(), new LayerRange(spec.layers())));
        }
        if (method instanceof PromptSpec spec) {
            return Prompt.create(model, spec.tokens(), promptStart(spec), seed);
        }
        if (method instanceof PrefixSpec spec) {
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
