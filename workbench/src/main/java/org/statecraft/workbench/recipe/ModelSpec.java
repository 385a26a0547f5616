package org.statecraft.workbench.recipe;

import java.util.stream.Collectors;
import org.statecraft.model.fresh.FreshMamba1;
import org.statecraft.model.fresh.FreshMamba2;
import org.statecraft.model.fresh.FreshModel;
import org.statecraft.model.fresh.FreshModel.Bounds;
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

    double timeStepMin();

    double timeStepMax();

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
     * @param timeStepMin smallest step size to start from
     * @param timeStepMax largest one
     */
    @Named("mamba1")
    record Mamba1(
            @Range(min = 1, max = 1024) int layers,
            @Range(min = 1, max = 1 << 16) int hiddenSize,
            @Default("16") @Range(min = 1, max = 4096) int stateSize,
            @Default("2") @Range(min = 1, max = 64) int expand,
            @Default("4") @Range(min = 2, max = 64) int convKernel,
            @OrNull @Range(min = 1, max = 1 << 16) Integer timeStepRank,
            @Default("true") boolean tiedEmbeddings,
            @Default("0.001") @Range(min = 0, above = true, max = 10) double timeStepMin,
            @Default("0.1") @Range(min = 0, above = true, max = 10) double timeStepMax)
            implements ModelSpec {

        @Override
        public FreshModel fresh(int vocabulary) {
            int rank = timeStepRank == null ? (hiddenSize + 15) / 16 : timeStepRank;
            return new FreshMamba1(
                    vocabulary,
                    layers,
                    hiddenSize,
                    stateSize,
                    expand,
                    convKernel,
                    rank,
                    tiedEmbeddings,
                    new Bounds(timeStepMin, timeStepMax));
        }
    }

    /**
     * Mamba-2.
     *
     * @param expand inner channels for each channel of the residual
     * @param headDim inner channels of a head
     * @param groups groups of heads that share B and C
     * @param tiedEmbeddings whether the head is the embedding
     * @param timeStepMin smallest step size to start from
     * @param timeStepMax largest one
     * @param decayMin smallest {@code -A} of a head to start from
     * @param decayMax largest one
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
            @Default("true") boolean tiedEmbeddings,
            @Default("0.001") @Range(min = 0, above = true, max = 10) double timeStepMin,
            @Default("0.1") @Range(min = 0, above = true, max = 10) double timeStepMax,
            @Default("1") @Range(min = 0, above = true, max = 1000) double decayMin,
            @Default("16") @Range(min = 0, above = true, max = 1000) double decayMax)
            implements ModelSpec {

        @Override
        public FreshModel fresh(int vocabulary) {
            return new FreshMamba2(
                    vocabulary,
                    layers,
                    hiddenSize,
                    stateSize,
                    expand,
                    convKernel,
                    headDim,
                    groups,
                    tiedEmbeddings,
                    new Bounds(timeStepMin, timeStepMax),
                    new Bounds(decayMin, decayMax));
        }
    }
}
