package org.statecraft.workbench.recipe;

import java.util.stream.Collectors;
import org.statecraft.model.fresh.FreshMamba1;
import org.statecraft.model.fresh.FreshMamba2;
import org.statecraft.model.fresh.FreshModel;
import org.statecraft.workbench.recipe.Schema.Choice;
import org.statecraft.workbench.recipe.Schema.Default;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;
import org.statecraft.workbench.recipe.Schema.Teller;

/** A model to be made, told by its {@code type}; what is not given is as its authors have it. */
@Choice(value = Teller.TYPE, noun = "model")
public sealed interface ModelSpec {
    int hiddenSize();

    /** The model with that many tokens. */
    FreshModel fresh(int vocabulary);

    /** The model for people: {@code mamba2 (layers: 2, hidden-size: 64)}. */
    default String summary() {
        return RecipeWriter.toMap((Record) this).entrySet().stream()
                .skip(1) // the type
                .map(key -> key.getKey() + ": " + key.getValue())
                .collect(Collectors.joining(", ", Names.of(getClass()) + " (", ")"));
    }

    /**
     * Mamba-1.
     *
     * @param expand inner channels for each channel of the residual
     * @param timeStepRank width of the factor of step sizes; null for a sixteenth of the hidden size
     * @param tiedEmbeddings whether the head is the embedding
     */
    @Named("mamba1")
    record Mamba1(
            @Range(min = 1, max = 1024) int layers,
            @Range(min = 1, max = 1 << 16) int hiddenSize,
            @Default("16") @Range(min = 1, max = 4096) int stateSize,
            @Default("2") @Range(min = 1, max = 64) int expand,
            @Default("4") @Range(min = 2, max = 64) int convKernel,
            @OrNull @Range(min = 1, max = 1 << 16) Integer timeStepRank,
            @Default("true") boolean tiedEmbeddings)
            implements ModelSpec {

        @Override
        public FreshModel fresh(int vocabulary) {
            int rank = timeStepRank == null ? (hiddenSize + 15) / 16 : timeStepRank;
            return new FreshMamba1(vocabulary, layers, hiddenSize, stateSize, expand, convKernel, rank, tiedEmbeddings);
        }
    }

    /**
     * Mamba-2.
     *
     * @param expand inner channels for each channel of the residual
     * @param headDim inner channels of a head
     * @param groups groups of heads that share B and C
     * @param tiedEmbeddings whether the head is the embedding
     */
    @Named("mamba2")
    record Mamba2(
            @Range(min = 1, max = 1024) int layers,
            @Range(min = 1, max = 1 << 16) int hiddenSize,
            @Default("128") @Range(min = 1, max = 4096) int stateSize,
            @Default("2") @Range(min = 1, max = 64) int expand,
            @Default("4") @Range(min = 2, max = 64) int convKernel,
            @Default("64") @Range(min = 1, max = 4096) int headDim,
            @Default("1") @Range(min = 1, max = 4096) int groups,
            @Default("true") boolean tiedEmbeddings)
            implements ModelSpec {

        @Override
        public FreshModel fresh(int vocabulary) {
            return new FreshMamba2(
                    vocabulary, layers, hiddenSize, stateSize, expand, convKernel, headDim, groups, tiedEmbeddings);
        }
    }
}
