package org.statecraft.workbench.recipe;

import java.util.stream.Collectors;
import org.statecraft.workbench.recipe.Schema.Choice;
import org.statecraft.workbench.recipe.Schema.Teller;

/** A tuning method, told by its {@code type}; one record for each. */
@Choice(value = Teller.TYPE, noun = "method")
public sealed interface MethodSpec permits StateOffsetSpec, SuffixSpec, BottleneckSpec, TogetherSpec {

    /** The name of the method, as written in the recipe. */
    default String type() {
        return Names.of(getClass());
    }

    /** The method for people: {@code state-offset (form: low-rank, rank: 4)}. */
    default String summary() {
        return RecipeWriter.toMap((Record) this).entrySet().stream()
                .skip(1) // the type
                .map(key -> key.getKey() + ": " + key.getValue())
                .collect(Collectors.joining(", ", type() + " (", ")"));
    }
}
