package org.statecraft.workbench.recipe;

import org.statecraft.peft.stateoffset.StateOffsetConfig.Form;
import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * State-offset tuning.
 *
 * @param form the shape of the offset
 * @param rank rank of the two factors; given for the low-rank form and for no other
 * @param reshape channels that share a row of the first factor, null for 1; for the low-rank form only
 * @param layers where, null for all
 * @param budgetBytes for the form full: bytes of offset, spent on the heads or channels that the loss depends on most; null for all
 * @param probeBatches batches of the training text that decide which these are, null for 8; with a budget only
 */
@Named("state-offset")
public record StateOffsetSpec(
        Form form,
        @OrNull @Range(min = 1, max = 4096) Integer rank,
        @OrNull @Range(min = 2, max = 4096) Integer reshape,
        @OrNull String layers,
        @OrNull @Range(min = 1) Integer budgetBytes,
        @OrNull @Range(min = 1, max = 4096) Integer probeBatches)
        implements MethodSpec {}
