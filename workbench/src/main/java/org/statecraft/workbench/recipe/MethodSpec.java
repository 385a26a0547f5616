package org.statecraft.workbench.recipe;

import java.util.stream.Collectors;
import org.statecraft.workbench.recipe.Schema.Choice;
import org.statecraft.workbench.recipe.Schema.Teller;

/** A tuning method, told by its {@code type}; one record for each. */
@Choice(value = Teller.TYPE, noun = "method")
public sealed interface MethodSpec
        permits AdditionalScanSpec,
                BitFitSpec,
                BottleneckSpec,
                FullSpec,
                InitialStateSpec,
                LoraSpec,
                PrefixSpec,
                PromptSpec,
                SparseSpec,
                StateOffsetSpec,
                SuffixSpec,
                TogetherSpec {

    /** The name of the method, as written in the recipe. */
    default String type() {
        return Names.of(getClass());
    }

    /** Whether what it trains can become part of the weights. */
    default boolean mergeable() {
        return false;
    }

    /** The layers that it acts on, as in {@code 0-3,6}; null where it does not ask. */
    default String layers() {
        return null;
    }

    /** Whether it trains the stored parameters themselves. */
    default boolean trainsParameters() {
        return false;
    }

    /** The method for people: {@code state-offset (form: low-rank, rank: 4)}. */
    default String summary() {
        return RecipeWriter.toMap((Record) this).entrySet().stream()
                .skip(1) // the type
                .map(key -> key.getKey() + ": " + key.getValue())
                .collect(Collectors.joining(", ", type() + " (", ")"));
    }
}
