package org.statecraft.workbench.recipe;

import org.statecraft.workbench.recipe.Schema.Named;
import org.statecraft.workbench.recipe.Schema.OrNull;
import org.statecraft.workbench.recipe.Schema.Range;

/**
 * State-offset tuning.
 *
 * @param form the shape of the offset
 * @param rank rank of the two factors; given for the low-rank form and for no other
 */
@Named("state-offset")
public record StateOffsetSpec(Form form, @OrNull @Range(min = 1, max = 4096) Integer rank) implements MethodSpec {

    /** The shapes of an offset. */
    public enum Form {
        /** An offset of the whole state. */
        FULL,
        /** An offset of the whole state as a product of two factors. */
        LOW_RANK,
        /** An offset of the state that all channels of a head share. */
        HEAD_SHARED,
        /** An offset of the output of the scan. */
        OUTPUT
    }
}
