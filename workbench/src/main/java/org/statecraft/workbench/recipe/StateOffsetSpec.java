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
 */
@Named("state-offset")
public record StateOffsetSpec(Form form, @OrNull @Range(min = 1, max = 4096) Integer rank) implements MethodSpec {

    @Override
    public boolean mergeable() {
        return false;
    }
}
